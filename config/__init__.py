"""Settings, logging and HTTP headers: what the portal is told before it starts. Nothing here touches the database."""
