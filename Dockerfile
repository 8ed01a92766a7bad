# Three images from one file: web (pages and API, no root), host (worker and nginx), postgres.
#   docker build --target web -t webhoster/web .
# The images that it starts from are arguments, so that a mirror's or one's own can be named. All that runs stands on
# SYSTEM_IMAGE; of RUNTIME_IMAGE only the folder with .NET is taken. Debian 12+ or Ubuntu 22.04+, x86-64.
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/aspnet:10.0
ARG SYSTEM_IMAGE=debian:12-slim

FROM ${SDK_IMAGE} AS build
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
WORKDIR /src
# What decides about packages, by itself: a changed source fetches none anew.
COPY Directory.Build.props Directory.Packages.props .editorconfig ./
COPY WebHoster.Core/WebHoster.Core.csproj WebHoster.Core/packages.lock.json* WebHoster.Core/
COPY WebHoster.Infrastructure/WebHoster.Infrastructure.csproj WebHoster.Infrastructure/packages.lock.json WebHoster.Infrastructure/
COPY WebHoster.Web/WebHoster.Web.csproj WebHoster.Web/packages.lock.json WebHoster.Web/
RUN dotnet restore WebHoster.Web --locked-mode
COPY nginx nginx
COPY provisioning/cloud-init provisioning/cloud-init
COPY WebHoster.Core WebHoster.Core
COPY WebHoster.Infrastructure WebHoster.Infrastructure
COPY WebHoster.Web WebHoster.Web
RUN dotnet publish WebHoster.Web -c Release -o /app --no-restore && chmod -R u=rwX,go=rX /app

FROM ${RUNTIME_IMAGE} AS runtime

# Users have fixed numbers, since containers know each other's files and sockets by numbers.
FROM ${SYSTEM_IMAGE} AS system
ENV DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
RUN groupadd --gid 990 webhoster && useradd --uid 990 --gid 990 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin webhoster \
 && groupadd --gid 991 postgres && useradd --uid 991 --gid 991 --home-dir /var/lib/postgresql --shell /bin/sh postgres \
 && apt-get -q update \
 && apt-get -q -y install --no-install-recommends ca-certificates curl tzdata util-linux '^libicu[0-9]+$' \
 && rm -rf /var/lib/apt/lists/*

FROM system AS postgres
# The package makes no cluster of its own.
RUN mkdir -p /etc/postgresql-common/createcluster.d \
 && echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/webhoster.conf \
 && apt-get -q update && apt-get -q -y install --no-install-recommends postgresql && rm -rf /var/lib/apt/lists/* \
 && install -d -o 991 -g 991 -m 700 /var/lib/postgresql/data
COPY provisioning/container/postgres.sh /usr/local/bin/webhoster-postgres
VOLUME /var/lib/postgresql/data
USER 991:991
# "Fast": TERM would wait for every client.
STOPSIGNAL SIGINT
ENTRYPOINT ["webhoster-postgres"]

FROM system AS program
COPY --from=runtime /usr/share/dotnet /usr/share/dotnet
COPY --from=build /app /app
ENV PATH=/usr/share/dotnet:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin DOTNET_NOLOGO=1 HOME=/tmp
# "webhoster fsck" is what "./webhoster fsck" is outside.
RUN printf '#!/bin/sh\nexec dotnet /app/WebHoster.Web.dll "$@"\n' >/usr/local/bin/webhoster && chmod 755 /usr/local/bin/webhoster
WORKDIR /app

FROM program AS host
RUN apt-get -q update \
 && apt-get -q -y install --no-install-recommends \
      libvirt-clients virtinst qemu-utils nftables iproute2 openssh-client genisoimage procps nginx-light libnginx-mod-stream \
      postgresql-client \
 && rm -rf /var/lib/apt/lists/*
COPY provisioning/folders.sh /usr/local/lib/webhoster/folders.sh
COPY provisioning/container/init.sh /usr/local/bin/webhoster-init
COPY provisioning/container/prepare.sh /usr/local/bin/webhoster-prepare
COPY provisioning/container/nginx.sh /usr/local/bin/webhoster-nginx
CMD ["webhoster", "serve", "--role", "worker"]

FROM program AS web
USER 990:990
EXPOSE 8080
CMD ["webhoster", "serve", "--role", "web"]
