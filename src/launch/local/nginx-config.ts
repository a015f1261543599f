import type { Balance } from '../../choices.ts';

/** Clients that the balancer is sized for; each takes two connections: its own, and the one to its gateway. */
const CLIENTS = 20_000;
/** Kernels spread new connections over the workers by a hash: evenly, not exactly. */
const HEADROOM = 1.2;
/** Logs, the listening socket, and what else a worker keeps open besides connections. */
const FILES_RESERVED = 64;
const MOST_CONNECTIONS = 16_384;
const MOST_WORKERS = 16;

/** What nginx calls them. Round robin is what it does when nothing is said. */
export const BALANCE_DIRECTIVES: Readonly<Record<Exclude<Balance, 'none'>, string>> = {
  'round-robin': '',
  // Of an IPv4 address nginx takes the first three octets only.
  'ip-hash': 'ip_hash;',
  'least-conn': 'least_conn;',
  'random-two': 'random two least_conn;',
};

export interface NginxSettings {
  readonly home: string;
  readonly port: number;
  readonly balance: Exclude<Balance, 'none'>;
  /** "127.0.0.1:8080", in the order of their names. */
  readonly gateways: readonly string[];
  /** Path that only this instance answers; a guess of it would be needed to be taken for it. */
  readonly probePath: string;
  /** Most files that one process can be allowed to open; null: any number. */
  readonly openFiles: number | null;
}

/**
 * The configuration of a private nginx: on loopback, in the foreground, with every file that it writes below `home`.
 *
 * The state of the upstream is in shared memory, or each worker would count connections on its own and `least_conn` would
 * choose among equals; an idle WebSocket lives as long as its client wants, not the usual 60 s.
 */
export function renderNginxConfig(settings: NginxSettings): string {
  const { home, port, balance, gateways, probePath } = settings;
  const { workers, connections } = sizeWorkers(settings.openFiles);
  return `daemon off;
pid ${home}/nginx.pid;
error_log stderr warn;
worker_processes ${workers};
worker_rlimit_nofile ${connections + FILES_RESERVED};
events {
  worker_connections ${connections};
  multi_accept on;
}
http {
  access_log off;
  server_tokens off;
  client_body_temp_path ${home}/client-body;
  proxy_temp_path ${home}/proxy;
  fastcgi_temp_path ${home}/fastcgi;
  uwsgi_temp_path ${home}/uwsgi;
  scgi_temp_path ${home}/scgi;
  map $http_upgrade $upgrade_connection {
    default upgrade;
    "" "";
  }
  upstream gateways {
    zone gateways 256k;
    ${BALANCE_DIRECTIVES[balance]}
${gateways.map((gateway) => `    server ${gateway} max_fails=3 fail_timeout=1s;`).join('\n')}
    keepalive 64;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096 reuseport so_keepalive=on;
    location = ${probePath} {
      return 200 $nginx_version;
    }
    proxy_http_version 1.1;
    # As it came, port included: gateways turn away whoever asks by a foreign name, and tell their own page by it.
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $upgrade_connection;
    proxy_buffering off;
    proxy_connect_timeout 5s;
    proxy_read_timeout 1d;
    proxy_send_timeout 1d;
    proxy_socket_keepalive on;
    # What clients ask for, and nothing else: figures and health are for who reaches the gateways themselves.
    location / {
      return 404;
    }
    location = / {
      proxy_pass http://gateways;
    }
    location = /ws {
      # A gateway that is about to end takes nobody in.
      proxy_next_upstream error timeout http_503;
      proxy_pass http://gateways;
    }
    location = /api/messages {
      proxy_pass http://gateways;
    }
    location = /api/notifications {
      proxy_pass http://gateways;
    }
    location /rooms/ {
      proxy_pass http://gateways;
    }
  }
}
`;
}

/** Worker processes, and connections of each, so that all together hold `CLIENTS` within the limit of open files. */
function sizeWorkers(openFiles: number | null): { readonly workers: number; readonly connections: number } {
  const connections = Math.min(MOST_CONNECTIONS, (openFiles ?? Number.POSITIVE_INFINITY) - FILES_RESERVED);
  return { workers: Math.min(MOST_WORKERS, Math.ceil((2 * CLIENTS * HEADROOM) / connections)), connections };
}
