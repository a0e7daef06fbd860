import { defineConfig } from 'prisma/config';

/** `engine: 'js'` keeps Prisma's command line from fetching a native schema engine. */
export default defineConfig({
  experimental: { adapter: true },
  schema: 'prisma/schema.prisma',
  engine: 'js',
  adapter: async () => {
    const { PrismaLibSQL } = await import('@prisma/adapter-libsql');
    return new PrismaLibSQL({ url: ':memory:' });
  },
});
