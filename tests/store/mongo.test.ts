import { afterAll, describe, test } from 'vitest';
import { openMongo } from '../../src/store/mongo/store.ts';
import { contract } from './contract.ts';
import { mongoUri, stopMongo } from './mongod.ts';

const uri = await mongoUri('contract');
afterAll(stopMongo, 30_000);

if (uri === undefined)
  describe('MongoDB', () => test.skip('no server to be had: MONGOMS_SYSTEM_BINARY names one', () => {}));
else contract('MongoDB', () => openMongo(uri));
