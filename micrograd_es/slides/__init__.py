"A graph on the lectern: its steps as slides, as a picture that moves, and one by one in a terminal."

from .animation import Animation as Animation
from .animation import animate as animate
from .overlays import Slides as Slides
from .overlays import beamer as beamer
from .terminal import step as step
