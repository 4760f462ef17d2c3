"""One self-contained HTML page that plays a graph forward and backward: no server, no network, nothing to install."""

from .page import Player as Player
from .page import play as play
