"""Merchants never meet: every route, asked for what is somebody else's or with too little authority."""
