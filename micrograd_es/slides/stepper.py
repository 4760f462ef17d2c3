"""The stepper: the table of nodes, the one that a step is about, and what happens there."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.coordinate import Coordinate
from textual.widgets import DataTable, Footer, Static

from ..graph.routes import is_constant
from .story import Story
from .terminal import chain, table


class Stepper(App[None]):
    "A story, told step by step."

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "go(1)", "next", key_display="→", priority=True),
        Binding("left", "go(-1)", "back", key_display="←", priority=True),
        Binding("home", "go(-100000)", "first", priority=True),
        Binding("end", "go(100000)", "last", priority=True),
        Binding("q", "quit", "leave"),
    ]
    CSS = "DataTable { height: 1fr; } #said { height: auto; min-height: 5; padding: 1 2; border-top: solid $primary; }"

    def __init__(self, story: Story) -> None:
        super().__init__()
        self.story, self.place = story, 0
        self.shown = {v: i for i, v in enumerate(v for v in story.graph.order if not is_constant(v))}

    def compose(self) -> ComposeResult:
        yield DataTable[Any](cursor_type="row")
        yield Static(id="said", markup=False)
        yield Footer()

    def on_mount(self) -> None:
        self.query_one(DataTable).add_columns("node", "data", "grad")
        for row in table(self.story, 0):
            self.query_one(DataTable).add_row(*row)
        self.show()

    def action_go(self, steps: int) -> None:
        self.place = min(max(self.place + steps, 0), len(self.story.steps) - 1)
        self.show()

    def show(self) -> None:
        "The numbers that are known by now, the cursor at the node, the sentence."
        i, nodes = self.place, self.query_one(DataTable)
        for k, row in enumerate(table(self.story, i)):
            for column, text in enumerate(row):
                nodes.update_cell_at(Coordinate(k, column), text, update_width=True)
        nodes.move_cursor(row=self.shown[self.story.steps[i].node])
        said = (
            f"{i} of {len(self.story.steps) - 1}   {self.story.sentence(i, self.story.plain)}\n{chain(self.story, i)}"
        )
        self.query_one("#said", Static).update(said)
