/**
 * The examples that stand in each rule: every one is a change to a clean base declaration, and says what the rule must make of
 * it. Base declarations lie in rules/base/, one a flow; on each of them no rule of the rulebook may find anything.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { countryProfile } from '../declaration/country-profile.ts';
import type { Declaration } from '../declaration/declaration.ts';
import { validateDeclaration } from '../declaration/validate.ts';
import type { CompiledRulebook } from '../engine/compile.ts';
import { CrosscheckError } from '../errors.ts';
import { changed } from '../facts/change.ts';
import { type FactContext, factContext } from '../facts/sheet.ts';
import { fromRoot } from '../ground/paths.ts';
import { evaluationLines } from './explain-text.ts';
import type { Example, Rule } from './model.ts';
import { type Rulebook, trialOf } from './rulebook.ts';
