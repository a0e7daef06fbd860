/** Where VGG19 is downloaded from unless the operator says otherwise: torchvision's weights, at a fixed revision. */
export const VGG19_URL =
  'https://huggingface.co/timm/vgg19.tv_in1k/resolve/128d4708565b3a414bcbb9bbad440b2fe37b9f18/model.safetensors';

/** What goes into the file's metadata with a download from there. */
export const VGG19_METADATA = {
  licence: 'BSD-3-Clause',
  source: `VGG19 as trained for torchvision on ImageNet-1k (architecture: arXiv 1409.1556); ${VGG19_URL}`,
} as const;
