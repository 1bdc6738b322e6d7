"""What gunicorn loads: `run:app`."""

from __future__ import annotations

import os

from sample_app.flask_app import create_app
from sample_app.start import settings_or_exit

app = create_app(settings_or_exit(os.environ))
