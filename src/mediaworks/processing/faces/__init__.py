"""Where the faces in a picture are. The extra `faces` brings the model; without it nothing here costs anything."""

from mediaworks.processing.faces.finding import Faces, FacesInRecipe
from mediaworks.processing.faces.model import Face, FacePoints
from mediaworks.processing.faces.need import hides_faces, needs_faces

__all__ = ["Face", "FacePoints", "Faces", "FacesInRecipe", "hides_faces", "needs_faces"]
