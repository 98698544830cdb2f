# One target per service: trainer, pipeline, model, gateway, retrainer, ui, prometheus, proxy, alertmanager, grafana, notebook.
#
#   docker build --target gateway -t coppice-gateway .
#
# COMMIT and VERSION go into the labels. SOURCE_DATE_EPOCH (seconds, a commit's time) sets the image's date to the
# source's. For packages from a private registry: --secret id=npmrc,src=$HOME/.npmrc

FROM node:26-bookworm-slim AS base
WORKDIR /app

# only what npm needs, and nothing that changes more often
FROM base AS manifests
COPY package.json package-lock.json .npmrc ./
COPY contract/package.json contract/
COPY statistics/package.json statistics/
COPY registry/package.json registry/
COPY evaluation/package.json evaluation/
COPY mlflow/package.json mlflow/
COPY serverkit/package.json serverkit/
COPY testkit/package.json testkit/
COPY trainer/package.json trainer/
COPY models/package.json models/
COPY gateway/package.json gateway/
COPY retrainer/package.json retrainer/
COPY ui/package.json ui/
COPY prometheus/package.json prometheus/
COPY scripts/package.json scripts/
COPY bench/package.json bench/
COPY e2e/package.json e2e/

# Each stage installs the runtime packages of one workspace. Workspaces stay symlinks: Node strips types only outside node_modules.
FROM manifests AS gateway-packages
RUN --mount=type=cache,target=/root/.npm --mount=type=secret,id=npmrc,target=/root/.npmrc \
    npm ci --omit=dev --omit=optional --workspace @coppice/gateway

FROM manifests AS ui-packages
RUN --mount=type=cache,target=/root/.npm --mount=type=secret,id=npmrc,target=/root/.npmrc \
    npm ci --omit=dev --omit=optional --workspace @coppice/ui

# onnxruntime-node contains its library for every platform: the same layer keeps only this platform's
FROM manifests AS model-packages
RUN --mount=type=cache,target=/root/.npm --mount=type=secret,id=npmrc,target=/root/.npmrc \
    npm ci --omit=dev --omit=optional --workspace @coppice/models \
 && find node_modules/onnxruntime-node/bin -mindepth 3 -maxdepth 3 -type d \
      ! -path "*/linux/$(node -p process.arch)" -exec rm -r {} +

# the library that draws a report's pictures is an optional package per platform; of its font one weight is used
FROM manifests AS trainer-packages
RUN --mount=type=cache,target=/root/.npm --mount=type=secret,id=npmrc,target=/root/.npmrc \
    npm ci --omit=dev --workspace @coppice/trainer --workspace @coppice/models \
 && find node_modules/@expo-google-fonts/inter -mindepth 1 -maxdepth 1 -type d ! -name 400Regular -exec rm -r {} + \
 && find node_modules/onnxruntime-node/bin -mindepth 3 -maxdepth 3 -type d \
      ! -path "*/linux/$(node -p process.arch)" -exec rm -r {} +

FROM manifests AS retrainer-packages
RUN --mount=type=cache,target=/root/.npm --mount=type=secret,id=npmrc,target=/root/.npmrc \
    npm ci --omit=dev --workspace @coppice/trainer --workspace @coppice/retrainer \
 && find node_modules/@expo-google-fonts/inter -mindepth 1 -maxdepth 1 -type d ! -name 400Regular -exec rm -r {} + \
 && find node_modules/onnxruntime-node/bin -mindepth 3 -maxdepth 3 -type d \
      ! -path "*/linux/$(node -p process.arch)" -exec rm -r {} +

FROM manifests AS page
RUN --mount=type=cache,target=/root/.npm --mount=type=secret,id=npmrc,target=/root/.npmrc \
    npm ci --workspace @coppice/ui
COPY tsconfig.base.json ./
COPY contract/src contract/src
COPY serverkit/src serverkit/src
COPY statistics/src statistics/src
COPY ui ui
RUN npm run build --workspace @coppice/ui

# Building an image starts its service once. The compiled code that this leaves in the image halves the start-up time and
# saves a good part of the memory. The user of the service starts it: Node keeps the code of each user apart.
FROM base AS runtime
# To save memory: one malloc arena here; below, a small young generation and an old generation that is swept early.
ENV NODE_ENV=production NODE_COMPILE_CACHE=/app/.compile-cache MALLOC_ARENA_MAX=1
# no service needs npm or yarn, whose packages a scan finds first
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn-* /usr/local/bin/yarn /usr/local/bin/yarnpkg
RUN mkdir /data /kept artifacts .compile-cache && chown node:node /data /kept artifacts .compile-cache && chmod 700 /data
COPY scripts/healthcheck.mjs scripts/fill-compile-cache.mjs scripts/
COPY contract/src contract/src
COPY registry/src registry/src
COPY serverkit/src serverkit/src
COPY statistics/src statistics/src

FROM runtime AS trainer
COPY --from=trainer-packages /app ./
COPY evaluation/src evaluation/src
COPY mlflow/src mlflow/src
COPY models/src/model models/src/model
COPY scripts/registry.ts scripts/mlflow.ts scripts/
COPY scripts/registry scripts/registry
COPY scripts/mlflow scripts/mlflow
COPY scripts/outbox scripts/outbox
# commands that ask the gateway, or judge as it does, need a few of its files and none of its packages
RUN ln -s ../../gateway node_modules/@coppice/gateway
# a new volume takes the owner of the folder that it covers: whoever mounts it first, the notebook can write
RUN mkdir /notebooks && chown node:node /notebooks
COPY scripts/experiment/asked-gateway.ts scripts/experiment/
COPY scripts/gateway/gateway-address.ts scripts/gateway/
COPY scripts/weights/find-admin-token.ts scripts/weights/
COPY gateway/src/guard/admin-token.ts gateway/src/guard/
COPY gateway/src/releases/gate-config.ts gateway/src/releases/read-evidence.ts gateway/src/releases/
COPY gateway/src/versions/card-identity.ts gateway/src/versions/
COPY trainer trainer
ARG COMMIT= VERSION= SOURCE=
ENV GIT_COMMIT=$COMMIT
LABEL org.opencontainers.image.title="coppice-trainer" org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.revision=$COMMIT org.opencontainers.image.version=$VERSION org.opencontainers.image.source=$SOURCE
USER node
VOLUME /app/artifacts
ENTRYPOINT ["node", "trainer/src/main.ts"]

# DVC beside all that the trainer has. The packages of Python come first: they change least; compiled, they start in a third of the time
FROM base AS pipeline
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends python3 python3-venv >/dev/null \
 && rm -rf /var/lib/apt/lists/*
COPY pipeline/requirements.txt /tmp/
RUN --mount=type=cache,target=/root/.cache/pip \
    python3 -m venv /opt/dvc \
 && /opt/dvc/bin/pip install --quiet --disable-pip-version-check --requirement /tmp/requirements.txt \
 && rm -r /opt/dvc/lib/python3*/site-packages/pip /tmp/requirements.txt
# its stages call node themselves
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn-* /usr/local/bin/yarn /usr/local/bin/yarnpkg
COPY --from=trainer /app ./
COPY scripts/evaluate scripts/evaluate
# pipeline/dvc.yaml runs trainer/src/main.ts, scripts/pipeline/evaluate-model.ts and scripts/pipeline/publish-model.ts
COPY scripts/pipeline scripts/pipeline
COPY pipeline/image/start /usr/local/bin/start-pipeline
COPY pipeline/image/without-git /etc/dvc-without-git/config
RUN ln -s /checkout/.git .git && mkdir pipeline && chown node:node pipeline
ENV PATH=/opt/dvc/bin:$PATH HOME=/tmp DVC_NO_ANALYTICS=1 PYTHONDONTWRITEBYTECODE=1
ARG COMMIT= VERSION= SOURCE=
ENV GIT_COMMIT=$COMMIT
LABEL org.opencontainers.image.title="coppice-pipeline" org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.revision=$COMMIT org.opencontainers.image.version=$VERSION org.opencontainers.image.source=$SOURCE
USER node
WORKDIR /app/pipeline
ENTRYPOINT ["start-pipeline"]
CMD ["dvc", "repro"]

FROM runtime AS model
COPY --from=model-packages /app ./
COPY mlflow/src mlflow/src
COPY models/src models/src
USER node
RUN MODEL_SOURCE=registry:iris@champion MODEL_VERSION=v1 REGISTRY_URL=/tmp/registry LOG_LEVEL=silent node scripts/fill-compile-cache.mjs http://127.0.0.1:8080/health --max-semi-space-size=4 --heap-growing-percent=20 --v8-pool-size=2 models/src/main.ts
ARG COMMIT= VERSION= SOURCE=
LABEL org.opencontainers.image.title="coppice-model" org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.revision=$COMMIT org.opencontainers.image.version=$VERSION org.opencontainers.image.source=$SOURCE
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=3 CMD ["node", "scripts/healthcheck.mjs", "http://127.0.0.1:8080/ready"]
CMD ["node", "--max-semi-space-size=4", "--heap-growing-percent=20", "--v8-pool-size=2", "models/src/main.ts"]

FROM runtime AS gateway
COPY --from=gateway-packages /app ./
COPY gateway/src gateway/src
COPY scripts/migrate.ts scripts/check-split.ts scripts/
COPY scripts/check-split scripts/check-split
COPY scripts/gateway/gateway-address.ts scripts/gateway/
USER node
RUN DATA_DIR=/tmp/data REGISTRY_URL=/tmp/registry LOG_LEVEL=silent node scripts/fill-compile-cache.mjs http://127.0.0.1:5000/health --max-semi-space-size=4 --heap-growing-percent=20 --v8-pool-size=2 gateway/src/main.ts \
 && rm -r /tmp/data
ARG COMMIT= VERSION= SOURCE=
LABEL org.opencontainers.image.title="coppice-gateway" org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.revision=$COMMIT org.opencontainers.image.version=$VERSION org.opencontainers.image.source=$SOURCE
VOLUME /data
EXPOSE 5000
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=3 CMD ["node", "scripts/healthcheck.mjs", "http://127.0.0.1:5000/ready"]
CMD ["node", "--max-semi-space-size=4", "--heap-growing-percent=20", "--v8-pool-size=2", "gateway/src/main.ts"]

FROM runtime AS retrainer
COPY --from=retrainer-packages /app ./
COPY evaluation/src evaluation/src
COPY mlflow/src mlflow/src
COPY trainer trainer
COPY retrainer/src retrainer/src
# its address for Prometheus, whose image gives the volume another owner if it is first
RUN mkdir -m 1777 /targets
ARG COMMIT= VERSION= SOURCE=
ENV GIT_COMMIT=$COMMIT
LABEL org.opencontainers.image.title="coppice-retrainer" org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.revision=$COMMIT org.opencontainers.image.version=$VERSION org.opencontainers.image.source=$SOURCE
USER node
EXPOSE 8090
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=3 CMD ["node", "scripts/healthcheck.mjs", "http://127.0.0.1:8090/ready"]
ENTRYPOINT ["node", "--max-semi-space-size=4", "--heap-growing-percent=20", "--v8-pool-size=2", "retrainer/src/main.ts"]

FROM runtime AS ui
COPY --from=ui-packages /app ./
COPY ui/server ui/server
COPY --from=page /app/ui/dist ui/dist
USER node
RUN LOG_LEVEL=silent node scripts/fill-compile-cache.mjs http://127.0.0.1:8501/health --max-semi-space-size=4 --heap-growing-percent=20 --v8-pool-size=2 ui/server/main.ts
ARG COMMIT= VERSION= SOURCE=
LABEL org.opencontainers.image.title="coppice-ui" org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.revision=$COMMIT org.opencontainers.image.version=$VERSION org.opencontainers.image.source=$SOURCE
EXPOSE 8501
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=3 CMD ["node", "scripts/healthcheck.mjs", "http://127.0.0.1:8501/ready"]
CMD ["node", "--max-semi-space-size=4", "--heap-growing-percent=20", "--v8-pool-size=2", "ui/server/main.ts"]

FROM prom/prometheus:v3.5.0 AS prometheus
COPY prometheus/prometheus.yml /etc/prometheus/prometheus.yml
COPY --chown=65534 prometheus/rules /etc/prometheus/rules
ARG COMMIT= VERSION= SOURCE=
# with the repository's address, an alert's link to its runbook becomes a full one
RUN mkdir /etc/prometheus/alertmanagers && mkdir -m 1777 /etc/prometheus/targets \
 && if [ -n "$SOURCE" ]; then sed -i "s|runbook_url: docs/|runbook_url: $SOURCE/blob/${COMMIT:-main}/docs/|" /etc/prometheus/rules/*.yml; fi
LABEL org.opencontainers.image.title="coppice-prometheus" org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.revision=$COMMIT org.opencontainers.image.version=$VERSION org.opencontainers.image.source=$SOURCE
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=3 CMD ["/bin/promtool", "check", "healthy", "--url=http://127.0.0.1:9090"]
CMD ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus", \
     "--storage.tsdb.retention.time=15d", "--storage.tsdb.retention.size=2GB"]

FROM prom/alertmanager:v0.28.1 AS alertmanager
COPY prometheus/alertmanager/alertmanager.yml /etc/alertmanager/alertmanager.yml
COPY prometheus/alertmanager/templates /usr/share/prometheus/alertmanager
COPY --chmod=755 prometheus/alertmanager/start /bin/start-alertmanager
RUN mkdir /etc/alertmanager/targets
ARG COMMIT= VERSION= SOURCE=
LABEL org.opencontainers.image.title="coppice-alertmanager" org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.revision=$COMMIT org.opencontainers.image.version=$VERSION org.opencontainers.image.source=$SOURCE
ENTRYPOINT ["/bin/start-alertmanager"]
# a single Alertmanager needs no cluster
CMD ["--storage.path=/alertmanager", "--cluster.listen-address="]

FROM grafana/grafana:12.1.1 AS grafana
COPY prometheus/grafana/provisioning /etc/grafana/provisioning
COPY prometheus/grafana/dashboards/coppice.json /etc/grafana/dashboards/
ARG COMMIT= VERSION= SOURCE=
LABEL org.opencontainers.image.title="coppice-grafana" org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.revision=$COMMIT org.opencontainers.image.version=$VERSION org.opencontainers.image.source=$SOURCE

FROM ghcr.io/mlflow/mlflow:v3.17.2-full AS mlflow
COPY --chmod=755 mlflow/server/start /bin/start-mlflow
RUN mkdir --mode=700 /mlflow && chown 1000:1000 /mlflow
ARG COMMIT= VERSION= SOURCE=
LABEL org.opencontainers.image.title="coppice-mlflow" org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.revision=$COMMIT org.opencontainers.image.version=$VERSION org.opencontainers.image.source=$SOURCE
USER 1000:1000
# what the libraries cache
ENV HOME=/tmp MLFLOW_HOME=/mlflow
WORKDIR /tmp
VOLUME /mlflow
EXPOSE 5000
# Python itself would take longer to start than the server to answer
HEALTHCHECK --interval=5s --timeout=10s --start-period=300s --retries=6 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/5000 && printf 'GET /health HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && grep -q ' 200 ' <&3"]
ENTRYPOINT ["/bin/start-mlflow"]

FROM caddy:2.11 AS proxy
COPY proxy/Caddyfile /etc/caddy/Caddyfile
RUN mkdir -p /data/caddy /config/caddy && chown -R 65532:65532 /data /config
ARG COMMIT= VERSION= SOURCE=
LABEL org.opencontainers.image.title="coppice-proxy" org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.revision=$COMMIT org.opencontainers.image.version=$VERSION org.opencontainers.image.source=$SOURCE
USER 65532:65532
EXPOSE 80 443
# reloading the same configuration changes nothing, and succeeds only when Caddy works
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["caddy", "reload", "--config", "/etc/caddy/Caddyfile"]

# JupyterLab and the packages of the notebooks, which change seldom, in a layer of their own
FROM debian:bookworm-slim AS notebook-packages
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates python3-venv && rm -r /var/lib/apt/lists/*
# the system's certificates: those of a registry of one's own may be among them
ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt PIP_DISABLE_PIP_VERSION_CHECK=1
COPY notebook/requirements.lock /tmp/
RUN --mount=type=cache,target=/root/.cache/pip \
    python3 -m venv /opt/venv \
 && /opt/venv/bin/pip install --require-hashes --no-deps --requirement /tmp/requirements.lock \
 && find /opt/venv -type d -path '*/site-packages/*' -name tests -prune -exec rm -r {} +

FROM debian:bookworm-slim AS notebook
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates python3 && rm -r /var/lib/apt/lists/* \
 && useradd --uid 1000 --home-dir /notebooks --create-home --shell /bin/sh jupyter
COPY --from=notebook-packages /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PYTHONPATH=/app PYTHONDONTWRITEBYTECODE=1 JUPYTER_RUNTIME_DIR=/tmp/jupyter MPLCONFIGDIR=/tmp/matplotlib \
    MLFLOW_DISABLE_TELEMETRY=true DO_NOT_TRACK=true TRAINING_DATA=data/iris.csv
RUN jupyter labextension disable --level=sys_prefix "@jupyterlab/apputils-extension:announcements"
COPY notebook/jupyter_server_config.py /opt/venv/etc/jupyter/
COPY notebook/start notebook/coppice.py /app/
COPY notebook/*.ipynb /app/notebooks/
COPY trainer/data/*.csv /app/notebooks/data/
ARG COMMIT= VERSION= SOURCE=
LABEL org.opencontainers.image.title="coppice-notebook" org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.revision=$COMMIT org.opencontainers.image.version=$VERSION org.opencontainers.image.source=$SOURCE
USER jupyter
WORKDIR /notebooks
VOLUME /notebooks
EXPOSE 8888
# the one path of Jupyter's API that needs no token
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8888/api', timeout=4)"]
CMD ["/app/start"]
