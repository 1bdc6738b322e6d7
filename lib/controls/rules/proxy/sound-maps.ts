/** What the sound configuration makes of a request: its kind, its limit, why it is refused, and its line in the log. */
export const SOUND_MAPS = String.raw`  map $uri $is_api { "~*^(?:/api)[. ]*(?:[/;]|$)" 1; default ""; }
  map $uri $limited_path {
    "~*^(?:/api/login)[. ]*/?(?:;.*)?$" login;
    "~*^(?:/api)[. ]*(?:[/;]|$)" api;
    default other;
  }
  map $request_method $reads { GET 1; HEAD 1; OPTIONS 1; default ""; }
  map $limited_path:$reads $limit { "login:" login; "api:" write; default hourly; }
  map $uri $blocked {
    /.breakwater/error-json "";
    /.breakwater/error-html "";
    /.breakwater/error-range "";
    /.breakwater/error-late "";
    "~*^/\.(?!\.|well-known(?:/|$))|(?<=.)/\.(?!\.)|/(?:__pycache__|node_modules|venv|web-inf|meta-inf|cdk\.out|cvs/(?:entries|repository|root))(?:[/;]|$)|~[. ]*(?:;|$)|/#[^/]*#$|\.(?:bak|backup|old|orig|rej|sav|save|sw[a-p]|tmp|temp|copy|un~)[. ]*(?:[/;]|$)|\.(?:sql|dump|sqlite3?|db|mdb|rdb|pem|key|p12|pfx|jks|ppk|kdbx|py[cod]?|tfstate|tfvars)(?:\.(?:gz|bz2|xz|zst|zip|7z|backup))?[. ]*(?:[/;]|$)|(?:^/(?:site|www|wwwroot|html|htdocs|source|src|app|web|website|release|old)|/(?:backups?|dump|database|db))(?:[-_.0-9][^/]*)?\.(?:zip|tar|tgz|tbz2?|gz|bz2|xz|zst|7z|rar)[. ]*(?:[/;]|$)|/(?:id_(?:rsa|dsa|ecdsa|ed25519)|dockerfile(?:\.[^/]*)?|(?:docker-)?compose[^/]*\.ya?ml|makefile|procfile|vagrantfile|jenkinsfile|pipfile(?:\.lock)?|poetry\.lock|uv\.lock|pyproject\.toml|requirements[^/]*\.txt|setup\.cfg|tox\.ini|alembic\.ini|package(?:-lock)?\.json|yarn\.lock|pnpm-lock\.yaml|composer\.(?:json|lock)|gemfile(?:\.lock)?|cdk\.json|thumbs\.db|desktop\.ini|web\.config|wp-config[^/]*|sftp-config\.json|credentials\.(?:csv|json)|(?:config|settings|secrets?|appsettings)\.(?:ya?ml|json|ini|toml|cfg|conf|xml|php)|(?:access|error|debug|app|application|server|django|flask|gunicorn|nginx|npm-debug)\.log)[. ]*(?:[/;]|$)" debris;
    default $blocked_target;
  }
  map $request_uri $blocked_target {
    "~*^[^?#]*(?:\\\\|%5c|%[01][0-9a-f]|%7f|(?:/|%2f)(?:\.|%2e){1,2}(?:/|%2f|;|%3b|[?#]|$))" spelling;
    "~^.{4001}" length;
    default $blocked_method;
  }
  map $request_method $blocked_method {
    GET $blocked_version; HEAD $blocked_version; POST $blocked_version; PUT $blocked_version;
    PATCH $blocked_version; DELETE $blocked_version; OPTIONS $blocked_version; default method;
  }
  map $server_protocol $blocked_version { "" spelling; default $blocked_admin; }
  map $uri $blocked_admin { "~*^(?:/admin)[. ]*(?:[/;]|$)" $admin_fence; default ""; }
  geo $admin_fence { default admin; 203.0.113.0/24 ""; }
  map $limit $login_key { login $client; default ""; }
  map $limit $write_key { write $client; default ""; }
  limit_req_zone $login_key zone=login:4m rate=5r/m;
  limit_req_zone $write_key zone=write:4m rate=10r/m;
  limit_req_zone $client zone=hourly:4m rate=8r/m;
  limit_req_status 429;
  limit_req_log_level info;
  map $limit_req_status $limited { REJECTED $limit; default ""; }
  map $limited $rate_limit {
    login '"login";r=0;t=12';
    write '"write";r=0;t=6';
    hourly '"hourly";r=0;t=8';
    default "";
  }
  map $limited $rate_limit_policy {
    login '"login";q=5;w=60';
    write '"write";q=10;w=60';
    hourly '"hourly";q=1000;w=3600';
    default "";
  }
  map $limited $limit_pause { login 12; write 6; hourly 8; default ""; }
  map $request_uri $path_without_query { "~^(?<path>[^?#]*)" $path; }
  map $http_referer $referrer_without_query { "~^(?<referrer>[^?#]*)" $referrer; }
  map $request $sent_method { "~^(?<verb>[A-Z]+) " $verb; default $request_method; }
  map $http_x_amzn_tls_version $client_tls { "" $ssl_protocol; default $http_x_amzn_tls_version; }
  map $status $status_number { "~^0" 0; default $status; }
  map $upstream_status $app_status { "~(?<last_status>[1-9][0-9]{2})$" $last_status; default null; }
  map $upstream_response_time $app_seconds { "~(?<last_seconds>[0-9]+\.[0-9]+)$" $last_seconds; default null; }
  map $status $blocked_why { 421 host; default $blocked_or_preflight; }
  map $blocked $blocked_or_preflight { "" $blocked_preflight; default $blocked; }
  map $preflight $blocked_preflight { refused origin; default ""; }
  log_format access escape=json '{"log":"access","time":"$time_iso8601","request_id":"$request_id","trace_id":"$http_x_amzn_trace_id","client":"$remote_addr","method":"$sent_method","host":"$host","path":"$path_without_query","protocol":"$server_protocol","tls":"$client_tls","user_agent":"$http_user_agent","referrer":"$referrer_without_query","limited":"$limited","blocked":"$blocked_why","status":$status_number,"bytes":$body_bytes_sent,"request_bytes":$request_length,"seconds":$request_time,"app_status":$app_status,"app_seconds":$app_seconds}';
  access_log /dev/stdout access;
  map $status $unwell { 200 0; default 1; }`;
