-- The same of a hospital, in the place of task_open_hospital.
CREATE INDEX CONCURRENTLY task_pool_hospital ON task (hospital, assignee, kind, due_at) WHERE status = 'open';
