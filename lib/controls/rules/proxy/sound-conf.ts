import { CORS, DROPPED, UNSAID } from './client-headers';
import { SOUND_MAPS } from './sound-maps';

const HTML = String.raw`'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>$status_title</title><h1>$status_title</h1><p>Error $status. If it stays, tell the people who run this service: $request_id</p></html>\n'`;

/** Error pages; each server has them. */
const PAGES = String.raw`    location = /.breakwater/error-json {
      internal;
      default_type application/json;
      return 200 '{"status":$status,"title":"$status_title","request_id":"$request_id"}\n';
    }
    location = /.breakwater/error-html {
      internal;
      default_type "text/html; charset=utf-8";
      return 200 ${HTML};
    }
    location = /.breakwater/error-late {
      internal;
      error_page 503 504 $error_page;
      if ($app_unreached) { return 503; }
      return 504;
    }
    location = /.breakwater/error-range {
      internal;
      default_type "text/html; charset=utf-8";
      return 200 ${HTML};
      add_header Cache-Control no-store always;
    }`;

/** What refuses before anything else. */
const GUARDS = `      if ($blocked = debris) { return 404; }
      if ($blocked = spelling) { return 400; }
      if ($blocked = length) { return 414; }
      if ($blocked = method) { return 405; }
      if ($blocked = admin) { return 403; }`;

const hidden = [...CORS, ...UNSAID].map((name) => `  proxy_hide_header ${name};`).join('\n');
const dropped = DROPPED.map((name) => `  proxy_set_header ${name} "";`).join('\n');

/**
 * A configuration that keeps every promise of the proxy, for fixtures: each control has one thing in it broken. The
 * kit's own, in lib/constructs/proxy, says the same in its own words.
 */
export const SOUND_CONF = String.raw`worker_processes 1;
worker_shutdown_timeout 30s;
worker_rlimit_nofile 16384;
pcre_jit on;
pid /tmp/nginx.pid;
error_log stderr crit;
events { worker_connections 4096; }
http {
  server_tokens off;
  map_hash_bucket_size 512;
  server_names_hash_bucket_size 512;
  client_body_temp_path /var/cache/nginx/client_body;
  proxy_temp_path /var/cache/nginx/proxy;
  fastcgi_temp_path /var/cache/nginx/fastcgi;
  uwsgi_temp_path /var/cache/nginx/uwsgi;
  scgi_temp_path /var/cache/nginx/scgi;
  types {
    application/json json map; application/manifest+json webmanifest; application/octet-stream bin; application/pdf pdf; application/wasm wasm;
    application/xml xml; application/zip zip; audio/mpeg mp3; font/otf otf; font/ttf ttf;
    font/woff woff; font/woff2 woff2; image/avif avif; image/gif gif; image/jpeg jpeg jpg;
    image/png png; image/svg+xml svg svgz; image/webp webp; image/x-icon ico; text/css css;
    text/csv csv; text/html html htm; text/javascript js mjs; text/plain txt; video/mp4 mp4;
    video/webm webm;
  }
  default_type application/octet-stream;
  charset_types text/css text/csv text/javascript text/plain application/json application/manifest+json;
  sendfile on;
  tcp_nopush on;
  open_file_cache max=1000 inactive=60s;
  open_file_cache_errors on;
  absolute_redirect off;
  set_real_ip_from 10.0.0.0/16;
  real_ip_header X-Forwarded-For;
  real_ip_recursive off;
  map $binary_remote_addr $client { "~(?s)^(?<ipv6_network>.{8}).{8}$" $ipv6_network; default $binary_remote_addr; }
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
  reset_timedout_connection on;
  keepalive_timeout 85s;
  keepalive_requests 10000;
${SOUND_MAPS}
  proxy_hide_header Strict-Transport-Security;
  proxy_hide_header Content-Security-Policy;
  proxy_hide_header X-Content-Type-Options;
  proxy_hide_header X-Frame-Options;
  proxy_hide_header X-XSS-Protection;
  proxy_hide_header Referrer-Policy;
  proxy_hide_header Permissions-Policy;
${hidden}
  add_header Strict-Transport-Security "max-age=31536000; includeSubDomains" always;
  map $upstream_http_content_security_policy $policy_of_app { "" ""; default ", $upstream_http_content_security_policy"; }
  map $upstream_http_referrer_policy $referrer_policy {
    no-referrer no-referrer; same-origin same-origin; default strict-origin-when-cross-origin;
  }
  add_header Content-Security-Policy "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'$policy_of_app" always;
  add_header X-Content-Type-Options "nosniff" always;
  add_header X-Frame-Options "DENY" always;
  add_header X-XSS-Protection "1; mode=block" always;
  add_header Referrer-Policy $referrer_policy always;
  add_header Permissions-Policy "camera=(), geolocation=(), microphone=(), payment=()" always;
  map $http_origin $named_origin { "https://portal.example.com" "https://portal.example.com"; default ""; }
  map $is_api $cors_origin { 1 $named_origin; default ""; }
  map $request_method $preflight { OPTIONS $preflight_asked; default ""; }
  map $http_access_control_request_method $preflight_asked { "" ""; default $preflight_of_origin; }
  map $http_origin $preflight_of_origin { "" ""; default $preflight_of_api; }
  map $is_api $preflight_of_api { 1 $preflight_answer; default ""; }
  map $named_origin $preflight_answer { "" refused; default answered; }
  map $preflight $cors_methods { answered "GET, HEAD, POST, PUT, PATCH, DELETE"; default ""; }
  map $preflight $cors_headers {
    answered "Authorization, Content-Type, If-Match, If-None-Match, X-CSRFToken, X-Requested-With";
    default "";
  }
  map $preflight $cors_seconds { answered "600"; default ""; }
  map $cors_origin $cors_exposed {
    "" "";
    default "ETag, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-ID";
  }
  map $is_api $vary_of_api { 1 Origin; default ""; }
  map $sent_http_vary $vary { "~*(?:^|[ ,])origin(?:[ ,]|$)" ""; default $vary_of_api; }
  add_header Access-Control-Allow-Origin $cors_origin always;
  add_header Access-Control-Allow-Methods $cors_methods always;
  add_header Access-Control-Allow-Headers $cors_headers always;
  add_header Access-Control-Max-Age $cors_seconds always;
  add_header Access-Control-Expose-Headers $cors_exposed always;
  add_header Vary $vary always;
  map $uri?$args $cache_by_name {
    "~^(?:/static/)[^?]*[.-](?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{8,64}\.[A-Za-z0-9.]+\?" "public, max-age=31536000, immutable";
    "~^(?:/static/)[^?]*\?(?:v|h|hash|version)=(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{8,64}$" "public, max-age=31536000, immutable";
    "~^(?:/static/)" "public, max-age=3600";
    default no-store;
  }
  map $status $cache_by_status { 200 $cache_by_name; 206 $cache_by_name; 304 $cache_by_name; default no-store; }
  map $sent_http_cache_control $cache_control { "" $cache_by_status; default ""; }
  add_header Cache-Control $cache_control always;
  gzip on;
  gzip_vary on;
  gzip_proxied any;
  gzip_comp_level 4;
  gzip_min_length 1024;
  gzip_types application/javascript application/json application/manifest+json application/problem+json application/xml image/svg+xml text/css text/csv text/javascript text/plain text/xml;
  map $http_authorization $ambient_authorization { "" ""; "~*^bearer " ""; default 1; }
  map $http_cookie $ambient_credentials { "" $ambient_authorization; default 1; }
  map "$named_cookie $upstream_http_set_cookie" $same_site {
    volatile;
    "~*^([^ ]+) (?:.*, )?\1 *=[^;,]*(?:,(?! [^=;, ]+=)[^;,]*)*(?:;[^;,]*(?:,(?! [^=;, ]+=)[^;,]*)*)*; *samesite *= *strict *(?:[;,]|$)" samesite=strict;
    default samesite=lax;
  }
  proxy_cookie_flags "~^(?<named_cookie>.*)$" secure httponly $same_site;
  map $is_api $error_page { 1 /.breakwater/error-json; default /.breakwater/error-html; }
  map $status $status_title {
    volatile; 400 "Bad request"; 403 "Forbidden";
    404 "Not found"; 405 "Method not allowed"; 408 "Request timeout";
    409 "Conflict"; 411 "Length required"; 412 "Precondition failed";
    413 "Content too large"; 414 "Address too long"; 415 "Unsupported media type";
    416 "Range not satisfiable"; 421 "Misdirected request"; 429 "Too many requests";
    431 "Request headers too large"; 500 "Internal server error"; 501 "Not implemented";
    502 "Service unavailable"; 503 "Service unavailable"; 504 "Gateway timeout";
    505 "HTTP version not supported"; default "Error";
  }
  error_page 400 403 404 405 408 409 411 412 413 414 415 421 429 431 500 501 503 505 $error_page;
  error_page 416 /.breakwater/error-range;
  error_page 502 =503 $error_page;
  error_page 504 = /.breakwater/error-late?$is_api;
  error_page 494 =431 $error_page;
  error_page 495 496 497 =400 $error_page;
  map $upstream_connect_time $app_unreached { "-" 1; default ""; }
  map "$status:$limit_req_status:$sent_http_retry_after" $retry_after {
    "429:REJECTED:" $limit_pause;
    "503:PASSED:" 10;
    "503::" 10;
    default "";
  }
  add_header Retry-After $retry_after always;
  add_header RateLimit $rate_limit always;
  add_header RateLimit-Policy $rate_limit_policy always;
  ssl_certificate /breakwater/tls/certificate.pem;
  ssl_certificate_key /breakwater/tls/key.pem;
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_session_cache shared:tls:2m;
  ssl_session_tickets off;
  upstream app { server 127.0.0.1:8000; keepalive 32; keepalive_timeout 60s; }
  proxy_http_version 1.1;
  proxy_redirect off;
  proxy_headers_hash_max_size 1024;
  proxy_headers_hash_bucket_size 128;
  proxy_set_header Host ums.example.com;
  proxy_set_header X-Real-IP $remote_addr;
  proxy_set_header X-Forwarded-For $remote_addr;
  proxy_set_header X-Forwarded-Proto https;
  proxy_set_header X-Forwarded-Host ums.example.com;
  proxy_set_header X-Forwarded-Port 443;
  proxy_set_header X-Request-ID $request_id;
${dropped}
  proxy_ignore_headers X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Charset;
  proxy_next_upstream error;
  proxy_next_upstream_tries 2;
  proxy_connect_timeout 2s;
  proxy_send_timeout 65s;
  proxy_read_timeout 65s;
  proxy_buffer_size 16k;
  proxy_buffers 8 16k;
  proxy_busy_buffers_size 32k;
  add_header X-Request-ID $request_id always;
  server {
    listen 8443 ssl default_server;
    server_name _;
    location = /.breakwater/health {
      if ($load_balancer = "") { return 421; }
      access_log /dev/stdout access if=$unwell;
      default_type application/json;
      return 200 '{"status":"ok"}\n';
    }
    location = /health/liveness {
      if ($load_balancer = "") { return 421; }
      access_log /dev/stdout access if=$unwell;
      recursive_error_pages on;
      proxy_pass http://app;
    }
${PAGES}
    location / { return 421; }
  }
  server {
    listen 8443 ssl;
    server_name ums.example.com;
    location ^~ /static/ {
${GUARDS}
      root /breakwater/static;
      autoindex off;
      disable_symlinks on;
      max_ranges 1;
      charset utf-8;
    }
${PAGES}
    location / {
${GUARDS}
      if ($preflight = answered) { return 204; }
      if ($preflight = refused) { return 403; }
      limit_req zone=login burst=4 nodelay;
      limit_req zone=write burst=9 nodelay;
      limit_req zone=hourly burst=519 nodelay;
      root /nonexistent;
      try_files /none @app;
    }
    location @app {
      if ($ambient_credentials) { gzip off; }
      proxy_intercept_errors on;
      recursive_error_pages on;
      error_page 413 500 501 505 506 507 508 510 511 $error_page;
      error_page 502 =503 $error_page;
      error_page 504 = /.breakwater/error-late?$is_api;
      proxy_pass http://app;
    }
  }
}
`;
