"""Reflex' own settings, derived from Intervi's: nobody sets anything twice."""

import reflex as rx

from intervi.frontend import BUILD_ADDRESS, Landmarks, SameOrigin, WordFiles
from intervi.settings import settings

config = rx.Config(
    app_name="intervi",
    api_url=BUILD_ADDRESS,
    deploy_url=None,
    # The pages' state lives in our Redis, so that a restarted web process goes on where the last one stopped.
    redis_url=settings().broker_url,
    # Reflex answers any origin unless told; this also decides who may open the socket of the pages (`/_event`).
    cors_allowed_origins=sorted(settings().allowed_origins),
    trusted_proxy_hops=settings().trusted_proxies,
    show_built_with_reflex=False,
    telemetry_enabled=False,
    plugins=[SameOrigin(), Landmarks(), WordFiles()],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
