# One image, three commands: the API (default), the worker, the migrations. Configuration is environment only: .env.example says what.
#   docker build -t kuaipei .
# On a network that reaches npm through a mirror: --build-arg NPM_CONFIG_REGISTRY=<its address>

FROM node:20.20.2-bookworm-slim AS build
ARG NPM_CONFIG_REGISTRY
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-progress
COPY prisma.config.ts tsconfig.json tsconfig.build.json worker.ts ./
COPY prisma prisma
COPY dev dev
COPY console console
COPY src src
RUN npm run build

FROM node:20.20.2-bookworm-slim AS dependencies
ARG NPM_CONFIG_REGISTRY
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Without the optional packages: among them are Prisma's command line and the bundler's native parts, 250 MB that only a build needs.
RUN npm ci --omit=dev --omit=optional --omit=peer --no-progress && npm cache clean --force

FROM node:20.20.2-bookworm-slim
ENV NODE_ENV=production WORKFLOW_BUNDLE=/app/build/workflow-bundle.js CONSOLE_DIR=/app/build/console
WORKDIR /app
# Owned by root: the processes, who run as node, can read themselves but not change themselves.
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/build build
COPY package.json LICENSE NOTICE ./
COPY prisma prisma
USER node
EXPOSE 8080 9464
CMD ["node", "build/src/api/main.js"]
# or: node build/worker.js
# or: node build/src/platform/database/migrate-main.js
