"""The candidate contract ("Intervi API"), below ``/api``."""

from intervi.api.candidate import accounts, analytics, realtime, sessions, system

routers = (accounts.router, sessions.router, analytics.router, realtime.router, system.router)
