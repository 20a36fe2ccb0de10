/** Compose files as people write them, each with habits of its own that an editor must leave alone. */

const NGINX = `version: "3.8"   # still here, nobody dares

services:
  # the front door
  web:
    image: nginx:1.27-alpine
    ports:
    - "80:80"
    - '443:443'   # tls
    volumes:
    - ./nginx.conf:/etc/nginx/nginx.conf:ro
    - ./html:/usr/share/nginx/html:ro
    restart: always
`;

const NODE = `services:
    api:
        build: .
        command: npm run dev
        working_dir: /app
        volumes:
            - .:/app
            - /app/node_modules
        environment:
            - NODE_ENV=development
            - PORT=3000
            # - DEBUG=*
        ports:
            - 3000:3000
            - target: 9229
              published: 9229

    # end of file
`;

const WORKER = `name: jobs
services:
  worker:
    build: {context: ./worker, dockerfile: Dockerfile}
    command: ["python", "-m",   "celery", "worker"]
    env_file: .env
    depends_on: [broker]
    deploy:
      resources:
        limits:
          memory: 512M

  broker: {image: "rabbitmq:3", ports: ["5672:5672", ], restart: unless-stopped}
`;

const POSTGRES = `services:
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: example    # change me
      POSTGRES_DB:   shop
    volumes:
      - db-data:/var/lib/postgresql/data

    healthcheck:
      test: ["CMD-SHELL", "pg_isready -U postgres"]
      interval: 5s


volumes:
  db-data:
`;

const REDIS = `services:
  cache:
    image: redis:7
    command: >
      redis-server
      --appendonly yes

      --maxmemory 64mb
    tmpfs: /tmp # scratch
    cap_drop: [NET_RAW]
    security_opt:
      - seccomp=unconfined
`;

const MARIADB = `services:
  mariadb:
    image: mariadb:11
    container_name: 'mariadb'
    environment: { MARIADB_ROOT_PASSWORD: "s3cr#t: yes", MARIADB_DATABASE: app }
    ports: [ "3306:3306" ]
    volumes: [ "dbdata:/var/lib/mysql" ]
    security_opt: [ "apparmor:unconfined", no-new-privileges:false ]
volumes: { dbdata: {} }
`;

const VALKEY = `services:
  kv:
    image: valkey/valkey:8
    read_only: false
    privileged: true
    user: root
    sysctls:
      net.core.somaxconn: 1024
    ulimits:
      nofile: {soft: 1024, hard: 0o2000}
    mem_limit: 128m`;

const CRON = `# runs at night
services:
  backup:
    image: alpine:3.20
    entrypoint: |
      sh -c '
      while true; do
        # not a comment, this is text
        tar czf /backup/$$(date +%F).tgz /data
        sleep 86400
      done'
    volumes:
      - type: bind
        source: ./data
        target: /data
        read_only: true
      - type: volume
        source: backups
        target: /backup

volumes:
  backups:
    driver: local
`;

const ANCHORS = `x-logging: &logging
  driver: json-file
  options: {max-size: 10m}

x-common: &common
  restart: unless-stopped
  logging: *logging
  environment: &env
    TZ: UTC
    LOG: info
  security_opt: &opts
    - label=disable

services:
  app: &app
    <<: *common
    image: app:1
    environment:
      <<: *env
      ROLE: app
    ports: ["8080:8080"]
  worker:
    <<: *app
    command: work
  scheduler:
    <<: [*common, {init: true}]
    image: app:1
    environment: *env
  twin: *app
`;

const FLOW = `{ services: { web: { image: nginx, ports: ["80:80"], environment: {A: 1, B: "two, three"} },
    empty: {image: busybox   },   # tail
    deep: {
      image: "x",
      security_opt: [
        "seccomp=unconfined",  # why?
        "label=disable",
      ],
    }
  }
}
`;

const TABS = `services:
  web:	# a tab before this comment
    image: nginx	#	tabs	everywhere
    #	and here
    ports:
      -	"80:80"
`;

const LONG = `services:
  long:
    image: registry.example.com/${"very-".repeat(40)}long/image:${"1".repeat(120)}
    command: --flag-one=${"x".repeat(200)} --flag-two "quoted ${"y y ".repeat(40)}"
    labels:
      traefik.rule: "Host(\`example.com\`) && PathPrefix(\`/api\`) || ${"Host(`a.example.com`) || ".repeat(20)}Host(\`b\`)"
      folded: >-
        ${"words and words ".repeat(20)}
        ${"more words ".repeat(20)}
    environment:
      JSON: '{"a": [1, 2, {"b": "it''s"}], "long": "${"z".repeat(150)}"}'
`;

const VARIABLES = `services:
  app:
    image: "\${REGISTRY:-docker.io}/app:\${TAG:?set TAG}"
    ports:
      - "\${PORT:-8080}:80"
      - "127.0.0.1:\${DEBUG_PORT}:9229"
      - 53:53/udp
    network_mode: host
    pid: "host"
    mode: 0444
`;

const NULLS = `services:
  app:
    image: app
    environment:
      EMPTY:
      OTHER: ~
    volumes:
    tmpfs:    # nothing yet
    cap_add: []
    deploy: {}
networks:
  default:
`;

/** Name to text; line ends of Windows and a byte order mark are made from others. */
export const CORPUS: ReadonlyMap<string, string> = new Map([
  ["nginx", NGINX],
  ["node with a bind mount", NODE],
  ["python worker", WORKER],
  ["postgres", POSTGRES],
  ["redis", REDIS],
  ["mariadb", MARIADB],
  ["valkey without a last line end", VALKEY],
  ["cron-like job", CRON],
  ["anchors", ANCHORS],
  ["flow style", FLOW],
  ["tabs in comments", TABS],
  ["very long strings", LONG],
  ["variables", VARIABLES],
  ["empty values", NULLS],
  ["Windows line ends", POSTGRES.replaceAll("\n", "\r\n")],
  ["byte order mark", `\uFEFF${NGINX}`],
  ["document start and end", `---\n${REDIS}...\n`],
]);
