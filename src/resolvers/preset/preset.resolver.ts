import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { MAX_PRESETS, type StoredPreset } from '../../presets/preset-service.js';
import type { GraphqlContext } from '../context.js';
import { withUserErrors } from '../errors.js';
import { CreatePresetPayload, DeletePresetPayload, UpdatePresetPayload } from './preset-payload.type.js';
import { CreatePresetInput, UpdatePresetInput } from './preset.input.js';
import { PresetType } from './preset.type.js';

/** As many presets as a list of them is taken to have, of the `MAX_PRESETS` that there may be. */
const USUAL_COUNT = 20;

@Resolver(() => PresetType)
export class PresetResolver {
  @Query(() => [PresetType], {
    description: 'The built-in presets, the default one first, then the viewer’s own, oldest first.',
    complexity: ({ childComplexity }) => 1 + USUAL_COUNT * childComplexity,
  })
  async presets(@Ctx() { viewer, services }: GraphqlContext): Promise<StoredPreset[]> {
    return await services.presets.list(viewer);
  }

  @FieldResolver(() => Int, {
    description: 'How many of the viewer’s own sessions were made with it, under whichever name it had.',
  })
  async useCount(@Root() { id }: StoredPreset, @Ctx() { loaders }: GraphqlContext): Promise<number> {
    return await loaders.presetUses.load(id);
  }

  @Mutation(() => CreatePresetPayload, {
    description: `Makes a preset of the viewer’s own; one may have ${MAX_PRESETS}. Its network is looked for when a session is made with it.`,
  })
  async createPreset(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('input', () => CreatePresetInput, { description: 'What it is called, and its recipe.' })
    { name, title, description, basedOn, recipe }: CreatePresetInput,
  ): Promise<CreatePresetPayload> {
    const { value, errors } = await withUserErrors(() =>
      services.presets.create(viewer, {
        name,
        title: title ?? undefined,
        description: description ?? undefined,
        basedOn: basedOn ?? undefined,
        recipe: recipe ?? undefined,
      }),
    );
    return { preset: value, errors };
  }

  @Mutation(() => UpdatePresetPayload, {
    description: 'Changes a preset of the viewer’s own. Sessions keep the recipe that they were made with.',
  })
  async updatePreset(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('id', () => ID, { description: 'Names the preset.' }) id: string,
    @Arg('input', () => UpdatePresetInput, { description: 'What is to be different.' })
    { name, title, description, recipe }: UpdatePresetInput,
  ): Promise<UpdatePresetPayload> {
    const { value, errors } = await withUserErrors(() =>
      services.presets.update(viewer, id, {
        name: name ?? undefined,
        title: title ?? undefined,
        description: description ?? undefined,
        recipe: recipe ?? undefined,
      }),
    );
    return { preset: value, errors };
  }

  @Mutation(() => DeletePresetPayload, {
    description:
      'Deletes a preset of the viewer’s own. Sessions keep its name and the recipe that they were made with.',
  })
  async deletePreset(
    @Ctx() { viewer, services }: GraphqlContext,
    @Arg('id', () => ID, { description: 'Names the preset.' }) id: string,
  ): Promise<DeletePresetPayload> {
    const { value, errors } = await withUserErrors(() => services.presets.delete(viewer, id));
    return { deletedId: value, errors };
  }
}
