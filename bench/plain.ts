/** The reference of reading: plain Express and plain `pg` answer with the rows that the claim page and the inbox are made of, to whoever asks. Arguments: database, port. */
import express from 'express';
import { Pool } from 'pg';

const [databaseUrl, port] = process.argv.slice(2);
const pool = new Pool({ connectionString: databaseUrl });
express()
  .get('/v1/claims/:claimNo', async (req, res) => {
    const { rows } = await pool.query('SELECT c.*, p.name, p.record_no, p.sex, p.birth_date FROM claim c JOIN patient p ON p.id = c.patient_id WHERE claim_no = $1', [req.params.claimNo]);
    res.json(rows[0]);
  })
  .get('/v1/tasks', async (_req, res) => {
    const { rows } = await pool.query("SELECT t.*, c.stage, c.tier FROM task t JOIN claim c USING (claim_no) WHERE t.status = 'open' AND t.hospital = 'H001' ORDER BY t.due_at LIMIT 50");
    res.json({ items: rows });
  })
  .listen(Number(port), '127.0.0.1', () => { process.stdout.write('running\n'); });
