import { nativeImage, type NativeImage } from 'electron';
import { ICON_IMAGES } from './icon-images.js';

/** An icon as one image with a representation for each scale it was drawn in. */
export function icon(name: keyof typeof ICON_IMAGES): NativeImage {
  const image = nativeImage.createEmpty();
  ICON_IMAGES[name].forEach((base64, index) =>
    image.addRepresentation({ scaleFactor: index + 1, dataURL: `data:image/png;base64,${base64}` }),
  );
  return image;
}
