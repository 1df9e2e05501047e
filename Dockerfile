# One image for web, worker, beat and management commands.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PATH=/opt/venv/bin:$PATH TRAO_STATIC=/opt/static
RUN useradd --system --create-home trao && mkdir -p /var/lib/trao/files && chown -R trao /var/lib/trao
WORKDIR /app
COPY requirements/run.lock requirements/run.lock
RUN python -m venv /opt/venv && pip install --no-cache-dir --require-hashes -r requirements/run.lock
COPY . .
RUN python -m config.translations compile \
    && TRAO_SECRET_KEY=build TRAO_IDENTITY_KEY=00 DATABASE_URL=postgres://build@/build \
       python manage.py collectstatic --noinput --verbosity 0
USER trao
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000"]
