import { defineConfig } from 'prisma/config';

/** What Prisma's own command line reads. Only the owner's address is given: the application's roles never migrate. */
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DATABASE_URL ?? '' },
});
