"""A local Slack workspace: a strict stand-in for the part of Slack that the bot uses (see docs/local-slack.md).

    server.py             LocalSlack: starts and stops the whole, on loopback only
      origin_gate.py        turns away what comes from elsewhere
      web_api.py            Slack's Web API: token, pace, scope, method; api_*.py hold the methods
        access.py             which channels the bot may read, know of and write to
        request_args.py  web_args.py  paging.py  (what a call says, and pages of what it asks for)
      respond.py            response URLs
      socket_mode.py        envelopes to the bot, acknowledgements from it
      people_api.py         what people see and do, over HTTP; live_updates.py tells them what happens
      interactions.py       what a person's act means for the bot; payloads.py has the shapes
      admin.py              what an administrator does to the bot, for tests
      membership.py         what one does to people, groups and scopes, for tests
    workspace.py          the state, in memory
      messages.py  views.py  uploads.py  passes.py (triggers and other short-lived rights)
      tokens.py  slack_pace.py  escaping.py (which are good; how fast; the three signs that Slack escapes)
    limits.py             what Slack accepts as blocks and views
      elements.py  rich_text.py  shapes.py (the checks that these are made of)
    blocks.py  inputs.py  walks through blocks; what a person chose in them
    seed.py  rules.py     what the workspace starts with; its deadlines and budgets
    launch.py             the demo: its channel, its people, its settings
    people.py             a client for tests and scripts that play a person

Everything but `people.py` and the public face of `server.py` runs on the server's own event loop, one step at a time,
so that nothing needs a lock.
"""
