"""The shell: one verb per file, one public function of that name. `now` is always passed in."""
