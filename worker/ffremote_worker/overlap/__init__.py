"""Attempts at jobs whose input still arrives."""
