"A graph on the lectern: its steps as slides, and as a picture that moves."

from .animation import Animation as Animation
from .animation import animate as animate
from .overlays import Slides as Slides
from .overlays import beamer as beamer
