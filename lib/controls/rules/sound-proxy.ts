/**
 * A small configuration that keeps every promise of the proxy, for fixtures: each control has one thing in it broken.
 * The kit's own, in lib/constructs/proxy, says the same at more length.
 */
export const SOUND_CONF = String.raw`worker_processes 1;
worker_shutdown_timeout 30s;
pid /tmp/nginx.pid;
error_log stderr crit;
events { worker_connections 4096; }
http {
  server_tokens off;
  set_real_ip_from 10.0.0.0/16;
  real_ip_header X-Forwarded-For;
  real_ip_recursive off;
  map $binary_remote_addr $client {
    "~(?s)^(?<ipv6_network>.{8}).{8}$" $ipv6_network;
    default $binary_remote_addr;
  }
  geo $load_balancer { default ""; 10.0.0.0/16 1; }

  client_max_body_size 8k;
  client_body_buffer_size 8k;
  client_header_buffer_size 2k;
  large_client_header_buffers 2 8k;
  underscores_in_headers off;
  ignore_invalid_headers on;
  client_header_timeout 15s;
  client_body_timeout 15s;
  send_timeout 15s;
  keepalive_timeout 85s;

  map $uri $is_api { "~*^(?:/api)(?:[/;]|$)" 1; default ""; }
  map $uri $limited_path {
    /health health;
    "~*^(?:/api/login)/?(?:;.*)?$" login;
    "~*^(?:/api)(?:[/;]|$)" api;
    default other;
  }
  map $request_method $reads { GET 1; HEAD 1; OPTIONS 1; default ""; }
  map $limited_path:$reads $limit { "health:1" ""; "login:" login; "api:" write; default hourly; }
  map $limit $login_key { login $client; default ""; }
  map $limit $write_key { write $client; default ""; }
  map $limit $hourly_key { "" ""; default $client; }
  limit_req_zone $login_key zone=login:4m rate=5r/m;
  limit_req_zone $write_key zone=write:4m rate=10r/m;
  limit_req_zone $hourly_key zone=hourly:4m rate=8r/m;
  limit_req_status 429;
  map $limit_req_status $limited { REJECTED $limit; default ""; }
  map $limited $rate_limit { login '"login";r=0;t=12'; write '"write";r=0;t=6'; hourly '"hourly";r=0;t=8'; default ""; }
  map $limited $limit_pause { login 12; write 6; hourly 8; default ""; }

  map $uri $blocked {
    "~*(?:^|/)\.(?!well-known(?:/|$))|~(?:;|$)|\.(?:bak|backup|old|orig|save|swp|tmp)(?:[/;]|$)|\.(?:sql|dump|sqlite3?|pem|key|pyc?|tfstate)(?:\.(?:gz|zip))?(?:[/;]|$)|/(?:backup|db|site|www)[^/]*\.(?:zip|tar|tgz|gz)(?:[/;]|$)|/(?:id_rsa|dockerfile|docker-compose\.ya?ml|requirements\.txt|package\.json|credentials|settings\.ini|error\.log)(?:[/;]|$)" debris;
    default $blocked_target;
  }
  map $request_uri $blocked_target {
    "~*^[^?#]*(?:/|%2f|\\|%5c)(?:\.|%2e){1,2}(?:/|%2f|\\|%5c|;|%3b|[?#]|$)" dots;
    "~^.{4001}" length;
    default $blocked_admin;
  }
  map $uri $blocked_admin { "~*^(?:/admin)[. ]*(?:[/;]|$)" $admin_fence; default ""; }
  geo $admin_fence { default admin; 203.0.113.0/24 ""; }

  map $request_uri $path_without_query { "~^(?<path>[^?#]*)" $path; }
  map $http_referer $referrer_without_query { "~^(?<referrer>[^?#]*)" $referrer; }
  map $request $sent_method { "~^(?<verb>[A-Z]+) " $verb; }
  log_format access escape=json '{"log":"access","time":"$time_iso8601","request_id":"$request_id","client":"$remote_addr","method":"$sent_method","path":"$path_without_query","tls":"$http_x_amzn_tls_version","user_agent":"$http_user_agent","referrer":"$referrer_without_query","limited":"$limited","blocked":"$blocked","status":$status,"bytes":$body_bytes_sent,"seconds":$request_time,"app_seconds":"$upstream_response_time"}';
  access_log /dev/stdout access;

  proxy_hide_header Strict-Transport-Security;
  proxy_hide_header Content-Security-Policy;
  proxy_hide_header X-Content-Type-Options;
  proxy_hide_header X-Frame-Options;
  proxy_hide_header X-XSS-Protection;
  proxy_hide_header Referrer-Policy;
  proxy_hide_header Permissions-Policy;
  proxy_hide_header Access-Control-Allow-Origin;
  proxy_hide_header Access-Control-Allow-Credentials;
  add_header Strict-Transport-Security "max-age=31536000; includeSubDomains" always;
  add_header Content-Security-Policy "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'" always;
  add_header X-Content-Type-Options "nosniff" always;
  add_header X-Frame-Options "DENY" always;
  add_header X-XSS-Protection "1; mode=block" always;
  add_header Referrer-Policy "strict-origin-when-cross-origin" always;
  add_header Permissions-Policy "camera=(), geolocation=(), microphone=(), payment=()" always;
  map $http_origin $named_origin { "https://portal.example.com" "https://portal.example.com"; default ""; }
  map $is_api $cors_origin { 1 $named_origin; default ""; }
  map $is_api $vary { 1 Origin; default ""; }
  add_header Access-Control-Allow-Origin $cors_origin always;
  add_header Vary $vary always;
  map $uri?$args $cache_by_name {
    "~^(?:/static/)[^?]*[.-][0-9a-f]{8,64}\.[A-Za-z0-9.]+\?" "public, max-age=31536000, immutable";
    "~^(?:/static/)" "public, max-age=3600";
    default no-store;
  }
  map $status $cache_by_status { 200 $cache_by_name; 206 $cache_by_name; 304 $cache_by_name; default no-store; }
  map $sent_http_cache_control $cache_control { "" $cache_by_status; default ""; }
  add_header Cache-Control $cache_control always;
  gzip on;
  gzip_vary on;
  gzip_proxied any;
  gzip_types application/json text/css text/javascript;
  map $http_cookie $ambient_credentials { "" ""; default 1; }
  proxy_cookie_flags ~ secure httponly samesite=lax;
  map $is_api $error_page { 1 /.breakwater/error.json; default /.breakwater/error.html; }
  error_page 400 403 404 405 408 411 413 414 421 429 431 500 501 503 504 505 $error_page;
  error_page 502 =503 $error_page;
  error_page 494 =431 $error_page;
  error_page 495 496 497 =400 $error_page;
  map "$status:$limit_req_status:$sent_http_retry_after" $retry_after {
    "429:REJECTED:" $limit_pause;
    "503:PASSED:" 10;
    "503::" 10;
    default "";
  }
  add_header Retry-After $retry_after always;
  add_header RateLimit $rate_limit always;
  add_header X-Request-ID $request_id always;

  ssl_certificate /breakwater/tls/certificate.pem;
  ssl_certificate_key /breakwater/tls/key.pem;
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_session_tickets off;
  upstream app { server 127.0.0.1:8000; keepalive 32; keepalive_timeout 60s; }
  proxy_http_version 1.1;
  proxy_set_header Host ums.example.com;
  proxy_set_header X-Real-IP $remote_addr;
  proxy_set_header X-Forwarded-For $remote_addr;
  proxy_set_header X-Forwarded-Proto https;
  proxy_set_header X-Forwarded-Host ums.example.com;
  proxy_set_header X-Forwarded-Port 443;
  proxy_set_header X-Forwarded-Prefix "";
  proxy_set_header X-Request-ID $request_id;
  proxy_set_header Forwarded "";
  proxy_set_header X-Original-URL "";
  proxy_set_header X-Rewrite-URL "";
  proxy_set_header X-HTTP-Method-Override "";
  proxy_set_header Remote-User "";
  proxy_set_header Proxy "";
  proxy_set_header Connection "";
  proxy_set_header Upgrade "";
  proxy_set_header TE "";
  proxy_hide_header X-Powered-By;
  proxy_hide_header X-Request-ID;
  proxy_ignore_headers X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Charset;
  proxy_next_upstream error;
  proxy_connect_timeout 2s;
  proxy_send_timeout 65s;
  proxy_read_timeout 65s;

  server {
    listen 8443 ssl default_server;
    server_name _;
    location = /health {
      if ($load_balancer = "") { return 421; }
      proxy_pass http://app;
    }
    location = /.breakwater/error.json { internal; default_type application/json; return 200 '{"status":$status,"request_id":"$request_id"}\n'; }
    location = /.breakwater/error.html { internal; default_type text/html; return 200 '<!doctype html><title>Error $status</title>\n'; }
    location / { return 421; }
  }
  server {
    listen 8443 ssl;
    server_name ums.example.com;
    location ^~ /static/ {
      if ($blocked = debris) { return 404; }
      if ($blocked = dots) { return 400; }
      if ($blocked = length) { return 414; }
      if ($blocked = admin) { return 403; }
      root /breakwater/static;
      autoindex off;
      disable_symlinks on;
    }
    location = /.breakwater/error.json { internal; default_type application/json; return 200 '{"status":$status,"request_id":"$request_id"}\n'; }
    location = /.breakwater/error.html { internal; default_type text/html; return 200 '<!doctype html><title>Error $status</title>\n'; }
    location / {
      if ($blocked = debris) { return 404; }
      if ($blocked = dots) { return 400; }
      if ($blocked = length) { return 414; }
      if ($blocked = admin) { return 403; }
      limit_req zone=login burst=4 nodelay;
      limit_req zone=write burst=9 nodelay;
      limit_req zone=hourly burst=519 nodelay;
      root /nonexistent;
      try_files /none @app;
    }
    location @app {
      if ($ambient_credentials) { gzip off; }
      proxy_intercept_errors on;
      error_page 413 500 501 504 505 $error_page;
      error_page 502 =503 $error_page;
      proxy_pass http://app;
    }
  }
}
`;
