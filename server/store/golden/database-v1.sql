PRAGMA application_id=1330005587;
PRAGMA user_version=1;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE environment (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    doc TEXT NOT NULL
) STRICT;
INSERT INTO environment VALUES(1,X'c3d11b89e9331d88b9453da4bb77f153fdda7ca4d44fa69c4117982697aed88f','{"v":1,"variables":[["HOME","/home/u"],["LANG","C"],["PATH","/usr/bin:/bin"]]}');
CREATE TABLE run (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    repo TEXT NOT NULL,
    workflow_id TEXT NOT NULL,
    state TEXT NOT NULL,
    submitted INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    ended_at INTEGER,
    environment_id INTEGER NOT NULL REFERENCES environment (id),
    doc TEXT NOT NULL,
    source TEXT NOT NULL
) STRICT;
INSERT INTO run VALUES(1,'two-f8rt0bew','/home/u/a repo','two','completed',0,1795716068031,1795716068203,1,'{"v":1,"options":{"auto":false,"backends":[],"inputs":[],"max_parallel":null,"timeout_ms":null,"priority":50},"base":"c6e7859770c75810f5d9b22ee613642c1b8595e6","state":{"ended":{"at":1795716068203,"outcome":"completed","result":{"name":"offshoot/two-f8rt0bew","commit":"c6e7859770c75810f5d9b22ee613642c1b8595e6"}}},"tasks":["t-0r3zk25v85","t-b07gsar9md"],"cancelled":false}','{"v":1,"source":{"file":{"path":"workflows/two.yaml","text":"name: Two steps\nsteps:\n  - {id: a, run: \"true\", creates: [notes.md]}\n  - {id: b, run: \"exit 3\", on_error: continue}\n"}}}');
CREATE TABLE task (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    tenant TEXT NOT NULL,
    run_id TEXT REFERENCES run (id) ON DELETE CASCADE,
    step INTEGER,
    status TEXT NOT NULL,
    step_status TEXT NOT NULL,
    priority INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    ended_at INTEGER,
    environment_id INTEGER NOT NULL REFERENCES environment (id),
    doc TEXT NOT NULL,
    submission TEXT
) STRICT;
INSERT INTO task VALUES(1,'t-0r3zk25v85','/home/u/a repo','two-f8rt0bew',0,'completed','completed',50,1795716068031,1795716068114,1,'{"v":1,"place":"worktree","after":[],"scheduled_at":null,"policy":{"timeout_ms":3600000,"silence_ms":null,"limits":{"memory":null,"cpu_percent":null,"output":null},"retry":null},"state":{"completed":{"at":1795716068114}},"attempts":[{"number":1,"backend":"own","passed_over":[],"started_at":1795716068031,"phase":{"ended":{"at":1795716068114,"outcome":"completed","end":{"at":1795716068094,"failure":null,"stopped":false,"exit_code":0,"peak_rss_bytes":2576384,"cpu_ms":1,"leaked_processes":[],"artifacts":[]}}}}],"worktree":null,"product":{"commit":"c6e7859770c75810f5d9b22ee613642c1b8595e6","base":"c6e7859770c75810f5d9b22ee613642c1b8595e6","branch":"offshoot-step/two-f8rt0bew/a","outputs":[],"artifacts":[{"path":"notes.md","kind":"file","schema_version":null,"stored":null}],"findings":[{"code":"unchanged-artifact","severity":"warning","message":"success was reported, but the file is as it was before","path":"notes.md","line":null}]},"stop":null}',NULL);
INSERT INTO task VALUES(2,'t-b07gsar9md','/home/u/a repo','two-f8rt0bew',1,'failed','failed',50,1795716068031,1795716068190,1,'{"v":1,"place":"worktree","after":[],"scheduled_at":null,"policy":{"timeout_ms":3600000,"silence_ms":null,"limits":{"memory":null,"cpu_percent":null,"output":null},"retry":null},"state":{"failed":{"at":1795716068190,"failure":{"class":"exit","message":"ended with status 3; see the last lines of its log"}}},"attempts":[{"number":1,"backend":"own","passed_over":[],"started_at":1795716068114,"phase":{"ended":{"at":1795716068190,"outcome":{"failed":{"class":"exit","message":"ended with status 3; see the last lines of its log"}},"end":{"at":1795716068182,"failure":{"class":"exit","message":"ended with status 3; see the last lines of its log"},"stopped":false,"exit_code":3,"peak_rss_bytes":2895872,"cpu_ms":1,"leaked_processes":[],"artifacts":[]}}}}],"worktree":{"path":"/home/u/state/worktrees/two-f8rt0bew--b","branch":"offshoot-step/two-f8rt0bew/b","base":"c6e7859770c75810f5d9b22ee613642c1b8595e6"},"product":{"commit":null,"base":"c6e7859770c75810f5d9b22ee613642c1b8595e6","branch":null,"outputs":[],"artifacts":[],"findings":[]},"stop":null}',NULL);
CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    run_id TEXT,
    step_id TEXT,
    task_id TEXT,
    attempt INTEGER,
    message TEXT NOT NULL
) STRICT;
INSERT INTO event VALUES(1,1795716068031,'run.created','two-f8rt0bew',NULL,NULL,NULL,'');
INSERT INTO event VALUES(2,1795716068031,'step.waiting','two-f8rt0bew','a','t-0r3zk25v85',NULL,'');
INSERT INTO event VALUES(3,1795716068031,'task.blocked','two-f8rt0bew','a','t-0r3zk25v85',NULL,'');
INSERT INTO event VALUES(4,1795716068031,'step.waiting','two-f8rt0bew','b','t-b07gsar9md',NULL,'');
INSERT INTO event VALUES(5,1795716068031,'task.blocked','two-f8rt0bew','b','t-b07gsar9md',NULL,'');
INSERT INTO event VALUES(6,1795716068031,'step.queued','two-f8rt0bew','a','t-0r3zk25v85',NULL,'');
INSERT INTO event VALUES(7,1795716068031,'task.queued','two-f8rt0bew','a','t-0r3zk25v85',NULL,'');
INSERT INTO event VALUES(8,1795716068031,'attempt.starting','two-f8rt0bew','a','t-0r3zk25v85',1,'');
INSERT INTO event VALUES(9,1795716068031,'step.preparing','two-f8rt0bew','a','t-0r3zk25v85',1,'');
INSERT INTO event VALUES(10,1795716068031,'task.running','two-f8rt0bew','a','t-0r3zk25v85',1,'');
INSERT INTO event VALUES(11,1795716068094,'attempt.running','two-f8rt0bew','a','t-0r3zk25v85',1,'');
INSERT INTO event VALUES(12,1795716068094,'step.running','two-f8rt0bew','a','t-0r3zk25v85',1,'');
INSERT INTO event VALUES(13,1795716068096,'attempt.verifying','two-f8rt0bew','a','t-0r3zk25v85',1,'');
INSERT INTO event VALUES(14,1795716068096,'step.verifying','two-f8rt0bew','a','t-0r3zk25v85',1,'');
INSERT INTO event VALUES(15,1795716068114,'attempt.completed','two-f8rt0bew','a','t-0r3zk25v85',1,'');
INSERT INTO event VALUES(16,1795716068114,'step.completed','two-f8rt0bew','a','t-0r3zk25v85',1,'');
INSERT INTO event VALUES(17,1795716068114,'task.completed','two-f8rt0bew','a','t-0r3zk25v85',1,'');
INSERT INTO event VALUES(18,1795716068114,'step.queued','two-f8rt0bew','b','t-b07gsar9md',NULL,'');
INSERT INTO event VALUES(19,1795716068114,'task.queued','two-f8rt0bew','b','t-b07gsar9md',NULL,'');
INSERT INTO event VALUES(20,1795716068114,'attempt.starting','two-f8rt0bew','b','t-b07gsar9md',1,'');
INSERT INTO event VALUES(21,1795716068114,'step.preparing','two-f8rt0bew','b','t-b07gsar9md',1,'');
INSERT INTO event VALUES(22,1795716068114,'task.running','two-f8rt0bew','b','t-b07gsar9md',1,'');
INSERT INTO event VALUES(23,1795716068186,'attempt.running','two-f8rt0bew','b','t-b07gsar9md',1,'');
INSERT INTO event VALUES(24,1795716068186,'step.running','two-f8rt0bew','b','t-b07gsar9md',1,'');
INSERT INTO event VALUES(25,1795716068186,'attempt.verifying','two-f8rt0bew','b','t-b07gsar9md',1,'');
INSERT INTO event VALUES(26,1795716068186,'step.verifying','two-f8rt0bew','b','t-b07gsar9md',1,'');
INSERT INTO event VALUES(27,1795716068190,'attempt.failed','two-f8rt0bew','b','t-b07gsar9md',1,'ended with status 3; see the last lines of its log');
INSERT INTO event VALUES(28,1795716068190,'step.failed','two-f8rt0bew','b','t-b07gsar9md',1,'ended with status 3; see the last lines of its log');
INSERT INTO event VALUES(29,1795716068190,'task.failed','two-f8rt0bew','b','t-b07gsar9md',1,'ended with status 3; see the last lines of its log');
INSERT INTO event VALUES(30,1795716068203,'run.completed','two-f8rt0bew',NULL,NULL,NULL,'');
CREATE TABLE note (
    space TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (space, key)
) STRICT, WITHOUT ROWID;
INSERT INTO note VALUES('trust','/home/u/a repo','1795716068235');
CREATE INDEX run_open ON run (number) WHERE ended_at IS NULL;
CREATE INDEX run_environment ON run (environment_id);
CREATE UNIQUE INDEX task_run ON task (run_id, step) WHERE run_id IS NOT NULL;
CREATE INDEX task_open ON task (number) WHERE ended_at IS NULL;
CREATE INDEX task_ended ON task (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX task_count ON task (status, priority, tenant);
CREATE INDEX task_environment ON task (environment_id);
CREATE INDEX event_run ON event (run_id) WHERE run_id IS NOT NULL;
COMMIT;
