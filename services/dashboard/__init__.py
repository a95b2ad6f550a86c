"""The dashboard's back end: who the people are, what they may do, and the api on their behalf."""
