"""Recordings for Twilio to fetch: no cookie, no sign-in, only an address that we made ourselves.

What is wrong in any way is not found, whatever it is.
"""

from io import BytesIO

from flask import Blueprint, abort, send_file
from werkzeug.wrappers import Response

from bot.errors import Unreadable
from bot.spoken_links import PATH, proves, read_token
from bot.store.recordings import path_of, recording_by_id
from bot.store.sealed import read_sealed
from bot.web.here import now, parts

page = Blueprint("spoken", __name__, url_prefix=PATH.rstrip("/"))


@page.get("/<token>")
def file(token: str) -> Response:
    """The sound, whole or in parts."""
    asked = read_token(token) or abort(404)
    with parts().database.reading() as db:
        found = recording_by_id(db, asked.recording_id)
    key = parts().settings.secret_key
    if found is None or not proves(asked, file=found.file, secret_key=key, now=now()):
        abort(404)
    return sound(found.file, found.content_type)


def sound(name: str, content_type: str) -> Response:
    """A recording's file, unsealed. 404 where it is gone."""
    path = path_of(parts().settings.media_folder, name)
    try:
        content = read_sealed(path, key=parts().database.key)  # at most 1 MB
    except (OSError, Unreadable):
        abort(404)
    return send_file(BytesIO(content), mimetype=content_type, conditional=True, etag=False)
