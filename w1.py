exec(open('/tmp/mine/prelude.py').read())
M='gui/pages/map_page.py'
sub(M,'''from gui.map.controls import Controls
''','''from gui.map.controls import Controls
from gui.map.framing import Framing
''')
sub(M,'''"label", "second", "first_places"})''','''"label", "second", "first_places", "orientation", "moved"})''')
sub(M,'''        self.places = Places(''','''        self.framing = Framing(store, self)
        self.places = Places(''')
sub(M,'''        bar.found.connect(self.go_to_step)
''','''        bar.found.connect(self.go_to_step)
        bar.turn_wanted.connect(self.turn)
        self.framing.changed.connect(self._ask)
''')
sub(M,'''            arranged=not view.first_places,
        )
''','''            arranged=not view.first_places,
            orientation=view.orientation,
            room=self.framing.room,
            moved=view.moved,
        )
''')
sub(M,'''    def _on_export_closed(self)''','''    def turn(self) -> None:
        """Let the flow run to the right, or downwards again."""
        if self.answer is not None:
            self.framing.turn(self.answer.layout)

    def _on_export_closed(self)''')
sub(M,'''            of_map.insert(1, (texts("Play the cases"), self.play_cases))
''','''            of_map.insert(1, (texts("Play the cases"), self.play_cases))
        if self.answer is not None:
            of_map[1:1] = self.framing.entries(self.answer.layout)
''')
sub(M,'''        self.canvas.setGeometry(0, 0, w, h)

    def close''','''        self.canvas.setGeometry(0, 0, w, h)
        self.framing.is_kept = self.playback is not None or self.window().isFullScreen()
        beside = w - self.controls.width() - 2 * EDGE
        self.framing.resize(beside, h, at_once=self.answer is None or not self.isVisible())

    def close''')
sub(M,'''        self._refine.stop()
        self._builder.wait()
''','''        self._refine.stop()
        self.framing.stop()
        self._builder.wait()
''')
V='gui/map/view.py'
sub(V,'''        if self._fitted and not self._still_fits(new, smaller):
''','''        if self._fitted and (old.landscape != new.landscape or not self._still_fits(new, smaller)):
''')
Z='gui/map/zoom_bar.py'
sub(Z,'''    fitted = Signal()
''','''    fitted = Signal()
    turn_wanted = Signal()
''')
sub(Z,'''        self.zoom_out, self.zoom_in, self.fit = icon_button(), icon_button(), icon_button()
''','''        self.zoom_out, self.zoom_in, self.fit, self.turn = icon_button(), icon_button(), icon_button(), icon_button()
''')
sub(Z,'''self.zoom_in, self.fit):
''','''self.zoom_in, self.fit, self.turn):
''')
sub(Z,'''        self.play.clicked.connect(''','''        self.turn.clicked.connect(self.turn_wanted)
        self.play.clicked.connect(''')
sub(Z,'''(self.zoom_in, N_("Zoom in (+)")), (self.fit, N_("Show the whole map (0)")))
        for target, words in tips:''','''(self.zoom_in, N_("Zoom in (+)")))
        tips += ((self.fit, N_("Show the whole map (0)")), (self.turn, N_("Turn the map: downwards or to the right (Ctrl+R)")))
        for target, words in tips:''')
sub(Z,'''(self.fit, "maximize")):''','''(self.fit, "maximize"), (self.turn, "rotate-cw-square")):''')
A='gui/actions.py'
sub(A,'''    ActionSpec("export_map",''','''    ActionSpec("turn_map", N_("Turn the process map"), "rotate-cw-square", ("Ctrl+R",), OPEN),
    ActionSpec("export_map",''')
W='gui/main_window.py'
sub(W,'''            "export_map": self._export_map,
''','''            "turn_map": partial(self._on_map, "turn"),
            "export_map": partial(self._on_map, "export_map"),
''')
sub(W,'''            "play_cases": self._play_cases,
''','''            "play_cases": partial(self._on_map, "toggle_playback"),
''')
sub(W,'''    def _export_map(self) -> None:
        self._turn_to("map")
        from gui.workspace import Workspace

        if isinstance(self._workspace, Workspace):
            self._workspace.export_map()

    def _play_cases(self) -> None:
        self._turn_to("map")
        if self._workspace is not None:
            self._workspace.play_cases()
''','''    def _on_map(self, what: str) -> None:
        """Turn to the map page and let it do this."""
        self._turn_to("map")
        if self._workspace is not None:
            self._workspace.on_map(what)
''')
K='gui/workspace.py'
sub(K,'''    def export_map(self) -> None:
        """Export the map of the open log."""
        from gui.pages.map_page import MapPage

        for page in self.page("map").findChildren(MapPage):
            page.export_map()

    def play_cases(self) -> None:
        """Play the cases on the map of the open log, or end that."""
        from gui.pages.map_page import MapPage

        for page in self.page("map").findChildren(MapPage):
            page.toggle_playback()
''','''    def on_map(self, what: str) -> None:
        """Let the map page do something: turn, export_map, toggle_playback."""
        from gui.pages.map_page import MapPage

        for page in self.page("map").findChildren(MapPage):
            getattr(page, what)()
''')
