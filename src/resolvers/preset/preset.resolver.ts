import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { MAX_PRESETS, type StoredPreset } from '../../presets/preset-service.js';
import { omitNulls } from '../arguments.js';
import type { GraphqlContext } from '../context.js';
import { withUserErrors } from '../errors.js';
import { CreatePresetInput, UpdatePresetInput } from './preset.input.js';
import { CreatePresetPayload, DeletePresetPayload, PresetType, UpdatePresetPayload } from './preset.type.js';

/** Usual number of presets, for the complexity of a list; `MAX_PRESETS` would overestimate it. */
const USUAL_COUNT = 20;

@Resolver(() => PresetType)
export class PresetResolver {
  @Query(() => [PresetType], {
    description: 'The built-in presets, the default one first; then the viewer’s own presets, oldest first.',
    complexity: ({ childComplexity }) => 1 + USUAL_COUNT * childComplexity,
  })
  async presets(@Ctx() { viewer, services }: GraphqlContext): Promise<StoredPreset[]> {
    return await services.presets.list(viewer);
  }

  @FieldResolver(() => Int, {
    description: 'Number of the viewer’s own sessions with this preset, also under an earlier name.',
  })
  async useCount(@Root() { id }: StoredPreset, @Ctx() { loaders }: GraphqlContext): Promise<number> {
    return await loaders.presetUses.load(id);
  }

  @Mutation(() => CreatePresetPayload, {
    description: `Creates a preset. An owner can have ${MAX_PRESETS} presets. Whether the recipe’s network is installed is checked when a session is created.`,
  })
  async createPreset(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('input', () => CreatePresetInput, { description: 'The new preset.' }) input: CreatePresetInput,
  ): Promise<CreatePresetPayload> {
    const { value, errors } = await withUserErrors(() => services.presets.create(viewer, omitNulls(input)));
    return { preset: value, errors };
  }

  @Mutation(() => UpdatePresetPayload, {
    description: 'Changes a preset of the viewer. Existing sessions keep their recipe.',
  })
  async updatePreset(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('id', () => ID, { description: 'Id of the preset.' }) id: string,
    @Arg('input', () => UpdatePresetInput, { description: 'The changes.' }) input: UpdatePresetInput,
  ): Promise<UpdatePresetPayload> {
    const { value, errors } = await withUserErrors(() => services.presets.update(viewer, id, omitNulls(input)));
    return { preset: value, errors };
  }

  @Mutation(() => DeletePresetPayload, {
    description: 'Deletes a preset of the viewer. Existing sessions keep its name and their recipe.',
  })
  async deletePreset(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('id', () => ID, { description: 'Id of the preset.' }) id: string,
  ): Promise<DeletePresetPayload> {
    const { value, errors } = await withUserErrors(() => services.presets.delete(viewer, id));
    return { deletedId: value, errors };
  }
}
