-- What is in the pool of a role, by the kinds of task that the role can owe (kindsFor in src/domain/claim/follow.ts): the roles themselves are a list, which no
-- index finds under row-level security. In the place of task_open_insurer.
CREATE INDEX CONCURRENTLY task_pool_insurer ON task (insurer, assignee, kind, due_at) WHERE status = 'open';
