# An image with the command and all that is installed with it:
#
#     docker build -t karat .
#     docker run --rm -v "$PWD:/data" -v karat:/root/.cache/karat karat run starter --model replay:starter -n 4 --k 1,2,4
#
# The volume keeps what is compiled on first use: it is for the machine's own processor.
FROM rust:1.95-bookworm AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
# What `karat --version` says: --build-arg KARAT_COMMIT=$(git rev-parse HEAD)
ARG KARAT_COMMIT=""
WORKDIR /source
COPY . .
RUN python3 release/stage.py /stage

FROM debian:bookworm-slim
# Certificates are for models that are asked over the network.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /stage /usr/local
WORKDIR /data
ENTRYPOINT ["karat"]
CMD ["--help"]
