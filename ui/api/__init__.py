"""What programs and other assistants talk to: `/api`, OpenAI's protocol at `/v1`, MCP, `/health` and `/metrics`."""
