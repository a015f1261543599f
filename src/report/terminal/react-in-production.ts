// Must be evaluated before react and its JSX runtime (hence from a module without JSX, whose runtime import comes first): the
// development build, the default, is slower and keeps a performance entry per redraw, so that memory would grow with the run;
// one build's elements in the other's renderer draw nothing.
process.env.NODE_ENV ??= 'production';
