// The shape of words.js, which the build makes of report/words.json (cmake/Words.cmake).
import type words from '../../report/words.json';

export type Words = typeof words;
declare const page: Words;
export default page;
