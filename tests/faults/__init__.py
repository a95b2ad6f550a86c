"""Faults in the middle of traffic: nothing acknowledged is lost, nothing happens twice."""
