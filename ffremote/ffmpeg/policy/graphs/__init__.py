"""Labelled filter graphs over several inputs: connected, bounded and made safe."""
