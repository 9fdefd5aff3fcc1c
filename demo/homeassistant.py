"""A real Home Assistant process in its own folder, with its owner already created."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
import json
from pathlib import Path
import secrets
from typing import Any
import uuid

import bcrypt
import jwt

from .processes import Program, python_command

ROOT = Path(__file__).parent.parent
STUBS = Path(__file__).parent / "stubs"
INTEGRATION = ROOT / "custom_components" / "linky_offload"
HOUSE_INTEGRATION = Path(__file__).parent / "custom_components" / "linky_demo_house"
TEN_YEARS_S = 315_360_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The person to whom the Home Assistant belongs, and a token that acts in their name."""

    name: str = "Demo"
    username: str = "demo"
    password: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    user_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    token_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    signing_key: str = field(default_factory=lambda: secrets.token_hex(64))

    @property
    def access_token(self) -> str:
        """A long-lived token, signed with the key that is also written to the storage."""
        issued = int(datetime.now(UTC).timestamp())
        claims = {"iss": self.token_id, "iat": issued, "exp": issued + TEN_YEARS_S}
        return jwt.encode(claims, self.signing_key, algorithm="HS256")


class HomeAssistant:
    """One Home Assistant: a configuration folder, a process, an owner.

    ``configuration`` is the text of configuration.yaml. ``integrations`` are linked, not copied. The process may be
    started, stopped and killed again and again on the same folder.
    """

    def __init__(
        self,
        folder: Path,
        configuration: str,
        *,
        port: int,
        host: str = "127.0.0.1",
        language: str = "en",
        integrations: Mapping[str, Path] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.owner = Owner()
        self.url = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"
        self.program = Program(
            "Home Assistant",
            python_command("homeassistant", "-c", str(folder), "--skip-pip", "--log-no-color"),
            log=folder / "console.log",
            folder=folder,
            environment={
                "PYTHONPATH": str(STUBS),
                "PYTHONUNBUFFERED": "1",
                "SETUP_PORT": str(port),
                "DEMO_LANGUAGE": language,
                **(environment or {}),
            },
        )
        self._write(configuration, integrations or {"linky_offload": INTEGRATION}, host, port, language)

    def start(self) -> None:
        """Start the process; the client tells when it is ready."""
        self.program.start()

    def stop(self) -> None:
        """Stop it as its owner would."""
        self.program.stop()

    def kill(self) -> None:
        """End it as a power cut would."""
        self.program.kill()

    def _write(self, configuration: str, integrations: Mapping[str, Path], host: str, port: int, language: str) -> None:
        (self.folder / "configuration.yaml").write_text(configuration, encoding="utf-8")
        for name in ("automations", "scripts", "scenes"):
            (self.folder / f"{name}.yaml").write_text("[]\n" if name != "scripts" else "{}\n", encoding="utf-8")
        (self.folder / "custom_components").mkdir()
        for domain, source in integrations.items():
            (self.folder / "custom_components" / domain).symlink_to(source, target_is_directory=True)
        storage = self.folder / ".storage"
        storage.mkdir()
        for key, version, minor_version, data in (
            ("onboarding", 4, 1, {"done": ["user", "core_config", "analytics", "integration"]}),
            ("auth_provider.homeassistant", 1, 1, self._passwords()),
            ("auth", 1, 1, self._users()),
            ("http", 2, 2, _http(host, port)),
            (
                f"frontend.user_data_{self.owner.user_id}",
                1,
                1,
                {"language": {"language": language, "number_format": "language"}},
            ),
        ):
            content = {"version": version, "minor_version": minor_version, "key": key, "data": data}
            (storage / key).write_text(json.dumps(content), encoding="utf-8")

    def _passwords(self) -> dict[str, Any]:
        hashed = bcrypt.hashpw(self.owner.password.encode(), bcrypt.gensalt())
        return {"users": [{"username": self.owner.username, "password": base64.b64encode(hashed).decode()}]}

    def _users(self) -> dict[str, Any]:
        owner = self.owner
        user = {
            "id": owner.user_id,
            "group_ids": ["system-admin"],
            "is_owner": True,
            "is_active": True,
            "name": owner.name,
            "system_generated": False,
            "local_only": False,
        }
        credential = {
            "id": uuid.uuid4().hex,
            "user_id": owner.user_id,
            "auth_provider_type": "homeassistant",
            "auth_provider_id": None,
            "data": {"username": owner.username},
        }
        token = {
            "id": owner.token_id,
            "user_id": owner.user_id,
            "client_id": None,
            "client_name": "demo",
            "client_icon": None,
            "token_type": "long_lived_access_token",
            "created_at": datetime.now(UTC).isoformat(),
            "access_token_expiration": float(TEN_YEARS_S),
            "token": secrets.token_hex(64),
            "jwt_key": owner.signing_key,
            "last_used_at": None,
            "last_used_ip": None,
            "expire_at": None,
            "credential_id": None,
            "version": None,
        }
        groups = [
            {"id": "system-admin", "name": "Administrators"},
            {"id": "system-users", "name": "Users"},
            {"id": "system-read-only", "name": "Read Only"},
        ]
        return {"users": [user], "groups": groups, "credentials": [credential], "refresh_tokens": [token]}


def _http(host: str, port: int) -> dict[str, Any]:
    # Stored, not in configuration.yaml: from there Home Assistant takes it on trial and restarts after five minutes.
    stable = {
        "server_host": [host],
        "server_port": port,
        "cors_allowed_origins": [],
        "login_attempts_threshold": -1,
        "ip_ban_enabled": False,
        "ssl_profile": "modern",
        "use_x_frame_options": True,
        "created_at": datetime.now(UTC).isoformat(),
        "error": None,
        "error_message": None,
    }
    return {"stable": stable, "pending": None, "yaml_migration_done": True}
