"""How a process begins: with settings that are right, or not at all."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping

from sample_app.settings import Settings, SettingsError

EX_CONFIG = 78
"""Exit status of sysexits.h for a mistake in the configuration; the kit's entry point uses the same."""


def settings_or_exit(variables: Mapping[str, str]) -> Settings:
    """The settings, or the end of the process with every mistake in them told."""
    try:
        return Settings.read(variables)
    except SettingsError as error:
        line = {"log": "application", "level": "CRITICAL", "message": "settings are wrong", "mistakes": error.mistakes}
        print(json.dumps(line, ensure_ascii=False), flush=True)
        sys.exit(EX_CONFIG)
