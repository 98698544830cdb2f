"""JupyterLab in its container. The token is JUPYTER_TOKEN; without one, Jupyter generates it and prints the address with it."""

import os

c = get_config()  # noqa: F821

c.ServerApp.ip = '0.0.0.0'
c.ServerApp.port = 8888
c.ServerApp.open_browser = False
c.ServerApp.root_dir = '/notebooks'
# the port that Compose publishes, for the address in the log
c.ServerApp.custom_display_url = f"http://127.0.0.1:{os.environ.get('NOTEBOOK_PORT', '8888')}/lab"
# JupyterLab asks nobody for news, newer versions or extensions
c.LabApp.check_for_updates_class = 'jupyterlab.NeverCheckForUpdate'
c.LabApp.news_url = None
c.LabApp.extension_manager = 'readonly'
# a kernel that nobody looks at holds some 300 MB
c.MappingKernelManager.cull_idle_timeout = 3600
c.MappingKernelManager.cull_connected = False
