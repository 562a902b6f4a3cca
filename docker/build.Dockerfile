# The job that builds atlases. TORCH_INDEX is an --index-url with another build of torch (CPU only, another CUDA), as pytorch.org
# lists them: docker compose build --build-arg TORCH_INDEX=… build
FROM python:3.11-slim
ARG TORCH_INDEX=
RUN pip install --no-cache-dir ${TORCH_INDEX:+--index-url ${TORCH_INDEX}} torch torchvision
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY backend backend
COPY precompute precompute
RUN pip install --no-cache-dir '.[precompute,torchvision]'
# The same user as in the server's image, so that both can use one volume.
RUN useradd --uid 1000 --create-home ganatlas && install -d -o ganatlas -g ganatlas /atlases
USER ganatlas
WORKDIR /atlases
# Downloaded weights and compiled kernels are kept between runs.
ENV PYTHONUNBUFFERED=1 TORCH_HOME=/atlases/.cache/torch NUMBA_CACHE_DIR=/atlases/.cache/numba
VOLUME /atlases
ENTRYPOINT ["ganatlas"]
CMD ["--help"]
