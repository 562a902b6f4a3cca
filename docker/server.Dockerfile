# The server: reads bundles, has no torch. Built from the root of the repository.
FROM node:22-slim AS viewer
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci
COPY frontend ./
# Its texts on the numbers are those of the server.
COPY backend/ganatlas/bundle/figures.json ../backend/ganatlas/bundle/
# Vite writes into the Python package beside it.
RUN npm run build

FROM python:3.11-slim AS wheel
WORKDIR /src
RUN pip install --no-cache-dir hatchling
COPY pyproject.toml README.md LICENSE ./
COPY backend backend
COPY precompute precompute
COPY --from=viewer /src/backend/ganatlas/server/static backend/ganatlas/server/static
RUN pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels .

FROM python:3.11-slim
RUN --mount=type=bind,from=wheel,source=/wheels,target=/wheels pip install --no-cache-dir /wheels/*.whl
# The same user as in the build image, so that both can use one volume.
RUN useradd --uid 1000 --create-home ganatlas && install -d -o ganatlas -g ganatlas /atlases
USER ganatlas
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 GANATLAS_HOST=0.0.0.0 GANATLAS_PATHS=/atlases GANATLAS_LOG_LEVEL=info
VOLUME /atlases
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
ENTRYPOINT ["ganatlas"]
CMD ["serve"]
