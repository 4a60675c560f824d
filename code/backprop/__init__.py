"""Backpropagation, number by number: networks small enough to follow every number through."""
